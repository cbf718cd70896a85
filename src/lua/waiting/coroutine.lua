-- Strategy Y: a host call that waits yields `WAIT` out of every coroutine between it and the run's own thread, and user
-- code notices nothing. The run's own thread passes for the main one.
-- `paused()`: the guard has made the coroutine yield, which it does with nothing in its hands, to give way to others.
local coroutine, WAIT, paused = ...
local resume, yield, running, isyieldable = coroutine.resume, coroutine.yield, coroutine.running, coroutine.isyieldable
local error, type, select = error, type, select

local roots = setmetatable({}, { __mode = "k" })

-- Passes waits on to whoever resumed us, then resumes the coroutine that waited.
local function pump(co, ok, ...)
  if ok and ((...) == WAIT or select("#", ...) == 0 and paused()) then return pump(co, resume(co, yield(WAIT))) end
  return ok, ...
end

passing(coroutine, resume, pump)

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
