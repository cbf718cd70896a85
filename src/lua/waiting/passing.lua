-- `resume` and `wrap` of a coroutine library in which some yields are meant for whoever resumed the coroutine's resumer:
-- `pump(co, ok, ...)` gets what every resume answered and passes those on. Stands before the chunk that calls it.
local function passing(coroutine, resume, pump)
  local create, status, close = coroutine.create, coroutine.status, coroutine.close
  local error, type = error, type

  local function refuse(name, wanted)
    error("bad argument #1 to '" .. name .. "' (" .. wanted .. ")", 3)
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

  function coroutine.resume(co, ...)
    if type(co) ~= "thread" then refuse("resume", "coroutine expected") end
    return pump(co, resume(co, ...))
  end

  function coroutine.wrap(f)
    if type(f) ~= "function" then refuse("wrap", "function expected, got " .. type(f)) end
    local co = create(f)
    return function(...) return unwrap(co, pump(co, resume(co, ...))) end
  end
end
