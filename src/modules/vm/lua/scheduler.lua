-- Coroutines that wait beside each other (host-modules.md §8): one queue, first in first out. The host has two functions
-- for it: `start…` functions answer a tag at once, `next` waits for completions. Without spawned coroutines nothing here
-- is in the way: a host call waits by itself.
local host, primitives = ...
local kit = primitives.exports.modules
local raw, setmetatable = primitives.coroutine, primitives.setmetatable
local coroutine = coroutine
local resume, base_running, base_isyieldable = coroutine.resume, coroutine.running, coroutine.isyieldable
local create, raw_yield, raw_running, raw_isyieldable = raw.create, raw.yield, raw.running, raw.isyieldable
local status, close, base_yield, traceback = raw.status, raw.close, coroutine.yield, debug.traceback
local error, type, next, pack, unpack = error, type, next, table.pack, table.unpack

-- What the loop is asked for; no program can yield these.
local PARK, SPAWN = {}, {}

local queue, first, last = {}, 1, 0
-- coroutine → its record; records: { co, values, closed }. The main record has no coroutine when nothing can be spawned.
local threads = setmetatable({}, { __mode = "k" })
local main, current
local alive, pending = 0, 0
-- tag → the record that waits for it, or a function that takes the result.
local waiting = {}
-- The error that ends the run, in a table.
local failure

local function push(record, ...)
  if record.closed then return end
  record.values = pack(...)
  last = last + 1
  queue[last] = record
end
kit.push = push

function kit.current() return current end

local CANNOT_WAIT = "attempt to yield across a C-call boundary: this call has to wait, and Lua cannot be suspended here " ..
  "(inside a callback of a C function or a finaliser)"

-- ── the loop ─────────────────────────────────────────────────────────────────────────────────────────────────────

local function deliver(tag, ...)
  local taker = waiting[tag]
  if not taker then return end
  if type(taker) == "function" then return taker(...) end
  waiting[tag] = nil
  pending = pending - 1
  push(taker, ...)
end

local function blocked()
  local text = "deadlock: all coroutines blocked with no pending operations (threads=" .. alive .. ")"
  return kit.new_error(text, "Internal", false)
end

local function close_others()
  for co, record in next, threads do
    record.closed = true
    if record ~= main and status(co) == "suspended" then close(co) end
  end
end

-- What a coroutine did with its turn. Answers true when the run is over.
local function turn(record, ok, what, ...)
  current = nil
  if not ok then
    threads[record.co] = nil
    failure = { what, traceback(record.co) }
    return true
  end
  if status(record.co) == "dead" then
    threads[record.co] = nil
    alive = alive - 1
    record.closed = true
    if record == main then
      record.values = pack(what, ...)
      return true
    end
  elseif what == SPAWN then
    local co = create((...))
    local spawned = { co = co }
    threads[co] = spawned
    alive = alive + 1
    push(spawned)
    push(record, co)
  elseif what ~= PARK then
    -- A plain yield: the others run, nothing is answered.
    push(record)
  end
  return false
end

-- Runs the others until `target` has its turn or the run is over.
local function drive(target)
  while true do
    while first <= last do
      local record = queue[first]
      queue[first] = nil
      first = first + 1
      if first > last then first, last = 1, 0 end
      local values = record.values
      record.values = nil
      if record == target then return unpack(values, 1, values.n) end
      if not record.closed then
        current = record
        if turn(record, resume(record.co, unpack(values, 1, values.n))) then return end
      end
    end
    if pending == 0 then
      failure = { blocked() }
      if target then error(failure[1], 0) end
      return
    end
    -- Everything that has arrived by now, in order, before anybody goes on.
    deliver(host.next())
    while host.arrived() do deliver(host.next()) end
  end
end

-- Waits until the current record is pushed; answers what was pushed.
local function park()
  if current then
    if not raw_isyieldable() then error(CANNOT_WAIT, 0) end
    return raw_yield(PARK)
  end
  return drive(main)
end

kit.park = park

-- Delivers what has arrived, without waiting.
function kit.pump()
  while host.arrived() do deliver(host.next()) end
end

-- The record of whoever runs, for what wakes it later.
function kit.here() return current or main end

local function parked(tag, ...)
  if tag == kit.secret then return tag, ... end
  pending = pending + 1
  waiting[tag] = current or main
  return park()
end

-- A host function that waits: `direct` holds up everybody, `start` only the coroutine that calls it.
function kit.waits(direct, start)
  return function(...)
    if alive > 1 and current and raw_isyieldable() then return parked(start(...)) end
    return direct(...)
  end
end

-- Results of an operation that nobody waits for: `take(...)` is called with each. Ends with `kit.forget(tag)`.
function kit.feed(tag, take)
  waiting[tag] = take
  pending = pending + 1
end

function kit.forget(tag)
  if waiting[tag] == nil then return end
  waiting[tag] = nil
  pending = pending - 1
end

-- ── coroutines of the program ────────────────────────────────────────────────────────────────────────────────────

-- Passes what is meant for the loop on to it, then resumes the coroutine it came from.
local function pump(co, ok, ...)
  if ok then
    local what = ...
    if what == PARK or what == SPAWN then return pump(co, resume(co, raw_yield(...))) end
  end
  return ok, ...
end

passing(coroutine, resume, pump)
local resume_any = coroutine.resume

function coroutine.resume(co, ...)
  if threads[co] then return false, "cannot resume a spawned coroutine" end
  return resume_any(co, ...)
end

function coroutine.yield(...)
  if current and raw_running() == current.co then return raw_yield() end
  return base_yield(...)
end

function coroutine.running()
  local co, is_main = base_running()
  return co, is_main or (main ~= nil and main.co == co)
end

function coroutine.isyieldable(co)
  if co == nil and current then return raw_isyieldable() end
  return base_isyieldable(co)
end

function coroutine.close(co)
  local record = threads[co]
  if record and status(co) == "suspended" then
    record.closed = true
    threads[co] = nil
    alive = alive - 1
  end
  return close(co)
end

local function spawn(f)
  if type(f) ~= "function" then
    error("bad argument #1 to 'spawn' (function expected, got " .. (f == nil and "no value" or type(f)) .. ")", 2)
  end
  if not current then error("coroutine.spawn: nothing can be spawned while a skill is loaded", 2) end
  if not raw_isyieldable() then error(CANNOT_WAIT, 2) end
  return raw_yield(SPAWN, f)
end

-- ── a run ────────────────────────────────────────────────────────────────────────────────────────────────────────

local function reset()
  queue, first, last = {}, 1, 0
  threads = setmetatable({}, { __mode = "k" })
  waiting, pending, alive, failure, current = {}, 0, 1, nil, nil
end

-- Calls the main function of a run. `spawning`: as a coroutine of the loop, so that others can run beside it.
function kit.run(spawning, f, ...)
  reset()
  if not spawning then
    main = {}
    return f(...)
  end
  local co = create(f)
  main = { co = co }
  threads[co] = main
  push(main, ...)
  drive(nil)
  close_others()
  if failure then
    local thrown = failure[1]
    kit.trace = failure[2]
    reset()
    error(thrown, 0)
  end
  local values = main.values
  reset()
  return unpack(values, 1, values.n)
end

reset()
main = {}
function kit.grant_spawn() coroutine.spawn = spawn end
