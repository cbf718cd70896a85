-- Builds the world user code sees from the raw libraries: `_G` by allow-list, text-only load, no finalisers, a reduced
-- debug library, a protected string metatable. package.lua goes on from here and answers the primitives preludes get.
--
-- `raw`: the libraries as Lua opened them, plus newuserdata. `stopped()` is true once the guard has ended the run.
-- `trusted`: a set of chunk names ("=name") whose functions user code may not look into; filled by the VM.
local raw, stopped, trusted = ...
local _G = raw._G
local type, error, rawget, rawset, next, select, tostring, pcall = type, error, rawget, rawset, next, select, tostring, pcall
local find, match, gmatch, gsub, byte, sub = raw.string.find, raw.string.match, raw.string.gmatch, raw.string.gsub, raw.string.byte, raw.string.sub
local tonumber, rawequal, concat = tonumber, rawequal, raw.table.concat

-- Read before the libraries are cut down.
local raw_load, raw_setmetatable, raw_xpcall, raw_collect = load, setmetatable, xpcall, collectgarbage
local getinfo, getupvalue, traceback = raw.debug.getinfo, raw.debug.getupvalue, raw.debug.traceback
local getlocal, setlocal, setupvalue = raw.debug.getlocal, raw.debug.setlocal, raw.debug.setupvalue
local upvalueid, upvaluejoin = raw.debug.upvalueid, raw.debug.upvaluejoin
-- Raw: `__metatable` does not hide anything from it.
local getmetatable, current = raw.debug.getmetatable, raw.coroutine.running

local function copy(from)
  local to = {}
  for key, value in next, from do to[key] = value end
  return to
end

local primitives = {
  debug = copy(raw.debug),
  load = raw_load,
  setmetatable = raw_setmetatable,
  coroutine = copy(raw.coroutine),
  exports = {},
  newuserdata = function(metatable, ...)
    if type(metatable) ~= "table" then error("newuserdata: a metatable is needed", 2) end
    return raw.newuserdata(metatable, ...)
  end,
}

-- ── globals ──────────────────────────────────────────────────────────────────────────────────────────────────────

local allowed = {
  "_VERSION", "assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "rawequal", "rawget", "rawlen",
  "rawset", "select", "tonumber", "tostring", "type",
}
local kept = {}
for i = 1, #allowed do kept[allowed[i]] = _G[allowed[i]] end
for key in next, _G do _G[key] = nil end
for key, value in next, kept do _G[key] = value end
_G._G = _G

-- The host's prelude replaces it; without one there is nowhere to print to.
function print() end

-- Refusals are raised here and below, not by the C functions: their texts would name the wrapper and its line.
local function refuse(position, name, wanted)
  error("bad argument #" .. position .. " to '" .. name .. "' (" .. wanted .. ")", 3)
end

-- The text without what LuaJIT passes over at its start: a byte order mark, a first line that begins with `#`. The end of
-- that line stays: lines are counted.
local function headless(text)
  if sub(text, 1, 3) == "\239\187\191" then text = sub(text, 4) end
  return byte(text) == 35 and sub(text, find(text, "\n", 1, true) or #text + 1) or text
end

local function headless_reader(read)
  local begun
  return function()
    local piece = read()
    local kind = type(piece)
    if kind ~= "string" then
      if kind ~= "nil" and kind ~= "number" then error("reader function must return a string", 0) end
      return piece
    end
    if begun or piece == "" then return piece end
    begun = true
    piece = headless(piece)
    -- Nothing would be the end.
    return piece == "" and " " or piece
  end
end

-- Text only: bytecode can crash the VM.
function load(chunk, name, mode, ...)
  local kind = type(chunk)
  if kind ~= "string" and kind ~= "function" and kind ~= "number" then refuse(1, "load", "function expected, got " .. kind) end
  kind = type(name)
  if name ~= nil and kind ~= "string" and kind ~= "number" then refuse(2, "load", "string expected, got " .. kind) end
  if mode ~= nil and mode ~= "t" and mode ~= "bt" then
    if type(mode) ~= "string" then refuse(3, "load", "string expected, got " .. type(mode)) end
    if not find(mode, "t", 1, true) then return nil, "attempt to load a text chunk (mode is '" .. mode .. "')" end
  end
  if type(chunk) == "function" then
    chunk = headless_reader(chunk)
  else
    -- Named by the text it was given.
    name = name or chunk
    chunk = headless(chunk)
  end
  if select("#", ...) > 0 then return raw_load(chunk, name, "t", (...)) end
  return raw_load(chunk, name, "t")
end

-- Metatables with a `__metatable` that were set here: debug.getmetatable sees through that field, as in the reference. What
-- the host hides has `__metatable = false`, or was set by the raw function.
local protected = raw_setmetatable({}, { __mode = "k" })

-- As in LuaJIT tables have no finalisers: a `__gc` field is just a field. Lua looks for it only while it sets the metatable.
function setmetatable(object, metatable)
  if type(object) ~= "table" then refuse(1, "setmetatable", "table expected, got " .. type(object)) end
  local present = getmetatable(object)
  if present and rawget(present, "__metatable") ~= nil then error("cannot change a protected metatable", 2) end
  if metatable == nil then return raw_setmetatable(object, nil) end
  if type(metatable) ~= "table" then refuse(2, "setmetatable", "nil or table expected") end
  if rawget(metatable, "__metatable") then protected[metatable] = true end
  local finaliser = rawget(metatable, "__gc")
  if finaliser == nil then return raw_setmetatable(object, metatable) end
  rawset(metatable, "__gc", nil)
  raw_setmetatable(object, metatable)
  rawset(metatable, "__gc", finaliser)
  return object
end

local plain_traceback

-- A message handler runs outside the guard's reach, so it does not run for a stopped program.
function xpcall(f, handler, ...)
  if type(handler) ~= "function" then refuse(2, "xpcall", "function expected, got " .. type(handler)) end
  if handler == plain_traceback then return raw_xpcall(f, handler, ...) end
  local handling = false
  return raw_xpcall(f, function(message)
    if stopped() then return message end
    -- An error of the handler itself ends it, as in LuaJIT: it is not called for its own errors, one inside the other.
    if handling then return "error in error handling" end
    handling = true
    return handler(message)
  end, ...)
end

-- The collector cannot be tuned or stopped here; what it is told is remembered for who asks.
local collector, running = { setpause = 200, setstepmul = 200 }, true
function collectgarbage(option, argument)
  option = option or "collect"
  if option == "collect" or option == "count" or option == "step" then return raw_collect(option, argument) end
  if option == "isrunning" then return running end
  if option == "stop" or option == "restart" then
    running = option == "restart"
    return 0
  end
  if option == "generational" or option == "incremental" then return "incremental" end
  local before = collector[option]
  if not before then refuse(1, "collectgarbage", "invalid option '" .. tostring(option) .. "'") end
  collector[option] = tonumber(argument) or 0
  return before
end

-- ── libraries ────────────────────────────────────────────────────────────────────────────────────────────────────

math, table, utf8, string, coroutine = raw.math, raw.table, raw.utf8, raw.string, raw.coroutine
string.dump = nil
os = { clock = raw.os.clock, date = raw.os.date, difftime = raw.os.difftime, time = raw.os.time }

-- What programs may see of the metatable all strings share. The real one stays out of reach.
getmetatable("").__metatable = { __index = string }

-- Compiled from text a user or a skill gave. C functions and those of the host's own chunks stay closed: their upvalues
-- hold the primitives, and their environments are the host's.
local function is_open(f)
  local info = getinfo(f, "S")
  return info.what ~= "C" and not trusted[info.source]
end
primitives.is_open = is_open

-- A level of user code as the caller of this function sees it, `between` frames further in than the library function user
-- code has called; nil beyond the last. A library function is one frame, as in LuaJIT: what it calls of the host's and of C
-- does not count. The host's own callers count every frame. Of a `thread` that stands still: its level, from 0.
local function real_level(level, between, thread)
  local at, seen, from = 3 + (between or 0), 0, 2
  if thread then at, from, level = 0, 1, level + 1 else thread = current() end
  local info = getinfo(thread, at, "S")
  if from == 2 and info and trusted[info.source] then return level + at - 2 end
  while info do
    local first, stop = at, at
    while info and (info.what == "C" or trusted[info.source]) do
      if info.what ~= "C" then first = stop end
      stop = stop + 1
      info = getinfo(thread, stop, "S")
    end
    if stop == at then
      stop = at + 1
      info = getinfo(thread, stop, "S")
    end
    if seen + stop - first >= level then return first + level - seen - from end
    seen = seen + stop - first
    at = stop
  end
end
primitives.real_level = real_level

-- The same for the lines of a traceback, in LuaJIT's words.
local function plain_frames(text)
  local lines, n, run = {}, 0, 1
  for line in gmatch(text, "\n\t([^\n]*)") do
    local source = match(line, "^([^:]*):")
    if line ~= "(...tail calls...)" then
      if source and trusted["=" .. source] then
        n, line = run, "[C]: in " .. (match(line, " in ([%a ]+ '.*')$") or "?")
      else
        n = n + 1
        if find(line, "...\t", 1, true) == 1 then line = "..." end
        if source ~= "[C]" then run = n + 1 end
      end
      line = gsub(line, " in metamethod '", " in metamethod '__")
      lines[n] = gsub(line, " in [%a ]+ '(.*)'$", " in function '%1'")
    end
  end
  return n > 0 and "\n\t" .. concat(lines, "\n\t", 1, n) or ""
end

debug = {}

-- The thread that comes first, or nil for the running one, and the other arguments.
local function of_thread(thread, ...)
  if type(thread) ~= "thread" then return nil, thread, ... end
  if thread == current() then return nil, ... end
  return thread, ...
end

function plain_traceback(...)
  local thread, message, level = of_thread(...)
  local kind = type(message)
  if kind ~= "string" and kind ~= "number" and message ~= nil then return message end
  level = tonumber(level) or thread and 0 or 1
  if not thread then level = level < 2 and level + 1 or real_level(level) or 1 << 30 end
  local frames = thread and traceback(thread, "", level) or traceback("", level)
  return (message and message .. "\n" or "") .. "stack traceback:" .. plain_frames(frames)
end
debug.traceback = plain_traceback

function debug.getinfo(...)
  local thread, subject, options = of_thread(...)
  local by_level = type(subject) ~= "function"
  if by_level then
    -- Numbers and numeric strings; whatever is not a function is handled as a level from here on.
    local level = tonumber(subject)
    if not level then refuse(thread and 2 or 1, "getinfo", "function or level expected") end
    if not (level >= 0 and level < 0x7fffffff) then return nil end
    subject = level // 1 | 0
  end
  if options == nil then
    options = "flnSrtu"
  elseif type(options) ~= "string" or find(options, "[^SlnrutLf]") then
    refuse(thread and 3 or 2, "getinfo", "invalid option")
  end
  if by_level then
    if thread then
      subject = real_level(subject, 0, thread)
    else
      subject = subject < 2 and subject + 1 or real_level(subject)
    end
    if not subject then return nil end
  end
  local info, place
  if thread then
    info, place = getinfo(thread, subject, options), getinfo(thread, subject, "S")
  else
    info, place = getinfo(subject, options), getinfo(subject, "S")
  end
  if not info then return nil end
  local house = trusted[place.source]
  if by_level and (house or place.what == "C") then info.func = nil end
  if house then
    -- A library function, whatever it is written in.
    if info.what then
      info.what, info.source, info.short_src, info.linedefined, info.lastlinedefined = "C", "=[C]", "[C]", -1, -1
    end
    if info.currentline then info.currentline = -1 end
    info.activelines = nil
  end
  if info.namewhat == "metamethod" then info.name = "__" .. info.name end
  return info
end

function debug.getupvalue(f, index)
  if type(f) ~= "function" then refuse(1, "getupvalue", "function expected, got " .. type(f)) end
  local place = tonumber(index)
  if not place then refuse(2, "getupvalue", "number expected, got " .. type(index)) end
  if not is_open(f) or not (place >= 1 and place < 256) then return nil end
  return getupvalue(f, place // 1 | 0)
end

-- The place of a local: its function, with what stands for it on the stack; nil where user code may not look.
local function local_place(name, thread, subject)
  if type(subject) == "function" then return is_open(subject) and subject or nil end
  local level = tonumber(subject)
  if not level then error("bad argument #" .. (thread and 2 or 1) .. " to '" .. name .. "' (number expected, got " .. type(subject) .. ")", 3) end
  local info
  if level >= 0 and level < 0x7fffffff then
    level = level // 1 | 0
    if thread then
      level = real_level(level, 0, thread)
      info = level and getinfo(thread, level, "f")
    else
      level = level < 1 and 2 or real_level(level, 1)
      info = level and getinfo(level, "f")
    end
  end
  if not info then error("bad argument #" .. (thread and 2 or 1) .. " to '" .. name .. "' (level out of range)", 3) end
  if not is_open(info.func) then return nil end
  return level
end

function debug.getlocal(...)
  local thread, subject, index = of_thread(...)
  local place = local_place("getlocal", thread, subject)
  index = tonumber(index)
  if not place or not index then return nil end
  if type(place) == "function" then return getlocal(place, index // 1 | 0) end
  if thread then return getlocal(thread, place, index // 1 | 0) end
  -- Not a tail call: the level counts from this frame.
  local name, value = getlocal(place - 1, index // 1 | 0)
  return name, value
end

function debug.setlocal(...)
  local thread, subject, index, value = of_thread(...)
  local place = type(subject) ~= "function" and local_place("setlocal", thread, subject)
  index = tonumber(index)
  if not place or not index then return nil end
  if thread then return setlocal(thread, place, index // 1 | 0, value) end
  local name = setlocal(place - 1, index // 1 | 0, value)
  return name
end

-- An upvalue user code may reach: its function and number.
local function open_upvalue(f, index)
  local place = tonumber(index)
  return type(f) == "function" and is_open(f) and place and place >= 1 and place < 256 and place // 1 | 0
end

function debug.setupvalue(f, index, value)
  local place = open_upvalue(f, index)
  if not place then return nil end
  return setupvalue(f, place, value)
end

function debug.upvalueid(f, index)
  local place = open_upvalue(f, index)
  return place and getupvalue(f, place) and upvalueid(f, place) or nil
end

function debug.upvaluejoin(f, index, other, other_index)
  local place, other_place = open_upvalue(f, index), open_upvalue(other, other_index)
  if not place or not getupvalue(f, place) then refuse(2, "upvaluejoin", "invalid upvalue index") end
  if not other_place or not getupvalue(other, other_place) then refuse(4, "upvaluejoin", "invalid upvalue index") end
  upvaluejoin(f, place, other, other_place)
end

local visible_metatable, set_metatable = _G.getmetatable, setmetatable
function debug.getmetatable(object)
  local metatable = type(object) == "table" and getmetatable(object)
  return metatable and protected[metatable] and metatable or visible_metatable(object)
end

-- Tables only: the metatables of other types are shared by everything that runs here. Taking one away for a while and putting
-- it back is let pass without an effect.
function debug.setmetatable(object, metatable)
  if type(object) == "table" then return set_metatable(object, metatable) end
  if metatable ~= nil and not rawequal(metatable, visible_metatable(object)) then
    error("debug.setmetatable is for tables here: the metatable of a " .. type(object) .. " belongs to all code of this VM", 2)
  end
  return object
end

-- Stand-ins without an effect: hooks belong to the guard, the registry to the host.
local registry = {}
function debug.gethook() return nil, "", 0 end
function debug.sethook() end
function debug.getregistry() return registry end
function debug.getuservalue() return nil end
function debug.setuservalue(object) return object end
function debug.debug() end
