-- Strategy Y: a host call that waits yields `WAIT` out of every coroutine between it and the run's own thread, and user
-- code notices nothing. The run's own thread passes for the main one.
-- `paused()`: the guard has made the coroutine yield, which it does with nothing in its hands, to give way to others.
local coroutine, WAIT, paused = ...
local create, resume, yield, running = coroutine.create, coroutine.resume, coroutine.yield, coroutine.running
local isyieldable, close, status = coroutine.isyieldable, coroutine.close, coroutine.status
local error, type, select = error, type, select

local roots = setmetatable({}, { __mode = "k" })

-- Passes waits on to whoever resumed us, then resumes the coroutine that waited.
local function pump(co, ok, ...)
  if ok and ((...) == WAIT or select("#", ...) == 0 and paused()) then return pump(co, resume(co, yield(WAIT))) end
  return ok, ...
end

local function refuse(name, wanted)
  error("bad argument #1 to '" .. name .. "' (" .. wanted .. ")", 3)
end

function coroutine.resume(co, ...)
  if type(co) ~= "thread" then refuse("resume", "coroutine expected") end
  return pump(co, resume(co, ...))
end

local function unwrap(co, ok, ...)
  if ok then return ... end
  local message = ...
  if status(co) == "dead" then
    local closed, failure = close(co)
    if not closed and failure ~= nil then message = failure end
  end
  -- At the caller's line, as the original: the function wrap answers is gone by a tail call.
  error(message, 2)
end

function coroutine.wrap(f)
  if type(f) ~= "function" then refuse("wrap", "function expected, got " .. type(f)) end
  local co = create(f)
  return function(...)
    return unwrap(co, pump(co, resume(co, ...)))
  end
end

function coroutine.yield(...)
  if roots[running()] then error("attempt to yield from outside a coroutine", 2) end
  return yield(...)
end

function coroutine.isyieldable(co)
  if type(co) ~= "thread" then co = running() end
  if roots[co] then return false end
  return isyieldable(co)
end

function coroutine.running()
  local co, main = running()
  return co, main or roots[co] == true
end

return function(co) roots[co] = true end
