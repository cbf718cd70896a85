-- `rt` (genx.md §6.2): the functions of `__builtin` as methods; a failure is a second value.
local host, primitives, parts = ...
local type, pcall, tostring, select, next = type, pcall, tostring, select, next
local builtin, http, promises, streams, chunks, json = parts.builtin, parts.http, parts.promises, parts.streams, parts.chunks, parts.json

local levels = { debug = true, info = true, warn = true, error = true }

-- A failure of the page as text.
local function answer(ok, value, ...)
  if ok then return value, ... end
  return nil, type(value) == "table" and value.message or tostring(value)
end

local function create(request, output)
  local ask = parts.asker(request.run)
  local rt = {}
  for name, f in next, builtin do
    rt[name] = function(_, ...) return f(...) end
  end

  function rt:http(wanted)
    local ready, refusal = http.request(wanted)
    if not ready then return promises.failed(refusal.err) end
    return promises.of(host.start_http(ready), function(ok, response)
      if not ok then return nil, response end
      return http.response(response)
    end)
  end

  function rt:log(level, ...)
    if levels[level] then host.log(level, parts.line(...)) else host.log("info", parts.line(level, ...)) end
  end

  function rt:input()
    if request.kind == "tool" then return request.args end
    return nil
  end

  function rt:output(result, err)
    output.called = true
    if result ~= nil then output.value = result end
    output.err = err
  end

  function rt:recv()
    local ok, chunk = pcall(ask, "receive")
    if not ok then return answer(false, chunk) end
    if chunk == nil then return nil, "agent is closed" end
    return chunks.received(chunk)
  end

  function rt:emit(chunk)
    local ready = chunks.sent(chunk, json.data)
    if not ready then return "emit: expected table" end
    local ok, failure = pcall(ask, "emit", { chunk = ready })
    if not ok then return select(2, answer(false, failure)) end
  end

  function rt:generate(model, context)
    if type(context) == "string" then return streams.text(model, { messages = { { role = "user", content = context } } }, request.run) end
    return streams.generate(model, context, request.run)
  end
  function rt:generate_with_context(model, context) return streams.text(model, context, request.run) end
  function rt:transformer(name, config) return streams.transformer(name, config, request.run) end

  function rt:state_get(key) return answer(pcall(ask, "state.get", { key = key })) end
  function rt:state_set(key, value) return select(2, answer(pcall(ask, "state.set", { key = key, value = json.data(value) }))) end
  function rt:state_delete(key) return select(2, answer(pcall(ask, "state.set", { key = key }))) end
  function rt:history_append(message) return select(2, answer(pcall(ask, "history.append", { message = json.data(message) }))) end
  function rt:history_recent(count) return answer(pcall(ask, "history.recent", { count = count })) end
  function rt:history_revert() return select(2, answer(pcall(ask, "history.revert"))) end
  function rt:memory_summary() return answer(pcall(ask, "memory.summary")) end
  function rt:memory_set_summary(text) return select(2, answer(pcall(ask, "memory.set_summary", { summary = text }))) end
  return rt
end

return create
