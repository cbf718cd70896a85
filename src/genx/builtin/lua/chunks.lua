-- Chunks (genx.md §6.2): what travels on streams. Lua may write them in several ways and always reads them in one.
local type, next, setmetatable = type, next, setmetatable

local chunks = {}
local default_audio = "audio/pcm"

local over = { __index = { await = function(self) return self end, is_ready = function() return true end } }

-- For Lua: always tables, with `text` and `audio` beside `part`.
function chunks.received(chunk)
  local part = chunk.part
  if type(part) == "table" then
    if part.type == "text" then chunk.text = part.value end
    if part.type == "blob" then chunk.audio = part.data end
  end
  return setmetatable(chunk, over)
end

local function part_of(part)
  if type(part) == "string" then return { type = "text", value = part } end
  if type(part) ~= "table" then return nil end
  if part.type == "text" then return { type = "text", value = type(part.value) == "string" and part.value or "" } end
  if part.type == "blob" then
    return { type = "blob", data = type(part.data) == "string" and part.data or "", mime_type = type(part.mime_type) == "string" and part.mime_type or default_audio }
  end
  return { type = "data", value = part }
end

-- For the host: one form; nil for what is no chunk. `data` copies what is data.
function chunks.sent(chunk, data)
  if type(chunk) ~= "table" then return nil end
  local sent = { is_bos = chunk.is_bos == true or nil, is_eos = chunk.is_eos == true or nil, eof = chunk.eof == true or nil }
  if type(chunk.stream_id) == "string" then sent.stream_id = chunk.stream_id end
  if chunk.part ~= nil then sent.part = part_of(chunk.part)
  elseif type(chunk.text) == "string" then sent.part = part_of(chunk.text)
  elseif type(chunk.audio) == "string" then sent.part = part_of({ type = "blob", data = chunk.audio, mime_type = chunk.mime_type })
  elseif not (sent.eof or sent.is_eos or sent.is_bos) then sent.part = { type = "data", value = chunk } end
  if data and sent.part and sent.part.type == "data" then sent.part.value = data(sent.part.value) end
  return sent
end

return chunks
