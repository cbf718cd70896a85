-- Streams of generators and transformers (genx.md §6.2). The page owns them; a number stands for one here.
local host, primitives, parts = ...
local type, setmetatable, next, tostring = type, setmetatable, next, tostring
local chunks, promises, json = parts.chunks, parts.promises, parts.json

local ids = setmetatable({}, { __mode = "k" })
local owner = { __gc = function(state) if state.id then host.close_stream(state.id) end end }

local stream, bistream = {}, {}

local function received(ok, chunk)
  if not ok then return nil, chunk end
  if chunk == nil then return nil, parts.options.eof_text end
  return chunks.received(chunk)
end

function stream:recv()
  local state = ids[self]
  if not state then return nil, "stream not found" end
  if not state.id then return nil, "stream is closed" end
  return received(host.receive(state.id))
end

function stream:recv_async()
  local state = ids[self]
  if not state or not state.id then return promises.failed(state and "stream is closed" or "stream not found") end
  return promises.of(host.start_receive(state.id), received)
end

function stream:close()
  local state = ids[self]
  if state and state.id then
    host.close_stream(state.id)
    state.id = nil
  end
end

for name, method in next, stream do bistream[name] = method end

function bistream:send(chunk)
  local state = ids[self]
  if not state then return "stream not found" end
  if not state.id then return "stream is closed" end
  local sent = chunks.sent(chunk)
  if not sent then return "invalid chunk" end
  local ok, message = host.send(state.id, sent)
  if not ok then return message end
end

function bistream:send_async(chunk)
  local state, sent = ids[self], chunks.sent(chunk)
  if not state or not state.id or not sent then
    return promises.failed(not state and "stream not found" or not state.id and "stream is closed" or "invalid chunk")
  end
  return promises.of(host.start_send(state.id, sent), function(ok, message)
    if ok then return nil end
    return nil, message
  end)
end

function bistream:close_send()
  local state = ids[self]
  if state and state.id then host.close_send(state.id) end
end

local stream_metatable, bistream_metatable = { __index = stream, __name = "stream" }, { __index = bistream, __name = "bistream" }

local function open(metatable, id)
  local object = setmetatable({}, metatable)
  ids[object] = primitives.setmetatable({ id = id }, owner)
  return object
end

local streams = {}

local function opened(metatable, ok, id)
  if not ok then return nil, id end
  return open(metatable, id)
end

-- `run`: the run of a script that the stream ends with.
function streams.generate(model, context, run)
  return opened(stream_metatable, host.open_generate(type(model) == "string" and model or "", json.data(type(context) == "table" and context or {}), run))
end

-- The whole answer at once.
function streams.text(model, context, run)
  local opened_stream, err = streams.generate(model, context, run)
  if not opened_stream then return nil, err end
  local words = {}
  while true do
    local ok, chunk = host.receive(ids[opened_stream].id)
    if not ok then return nil, chunk end
    if chunk == nil then break end
    words[#words + 1] = chunks.received(chunk).text or ""
  end
  opened_stream:close()
  return table.concat(words)
end

function streams.transformer(name, config, run)
  if type(name) ~= "string" or name == "" then return nil, "transformer name is required" end
  return opened(bistream_metatable, host.open_transformer(name, json.data(type(config) == "table" and config or {}), run))
end

function streams.realtime(model, options, run)
  return opened(bistream_metatable, host.open_realtime(tostring(model), json.data(type(options) == "table" and options or {}), run))
end

return streams
