-- The global table `__builtin` (genx.md §2).
local host, primitives, parts = ...
local type, select, tostring, error, math_type = type, select, tostring, error, math.type
local format, concat = string.format, table.concat
local json, promises, http, streams = parts.json, parts.promises, parts.http, parts.streams

local builtin = {
  http = http.send,
  json_encode = json.encode,
  json_decode = json.decode,
  sleep = promises.sleep,
  timeout = promises.timeout,
  await_all = promises.all,
  await_any = promises.any,
}

local function named(key) return type(key) == "string" and key ~= "" end

-- A value that could not be kept is not lost in silence.
local function kept(_, failure)
  if failure ~= nil then error(tostring(failure), 3) end
end

function builtin.kvs_get(key)
  if named(key) then return host.kvs_get(key) end
  return nil
end

function builtin.kvs_set(key, value)
  if named(key) then kept(host.kvs_set(key, json.data(value))) end
end

function builtin.kvs_del(key)
  if named(key) then host.kvs_del(key) end
end

function builtin.cache_get(key)
  if named(key) then return host.cache_get(key) end
  return nil
end

function builtin.cache_set(key, value, ttl)
  if named(key) then kept(host.cache_set(key, json.data(value), type(ttl) == "number" and ttl > 0 and ttl or nil)) end
end

function builtin.cache_del(key)
  if named(key) then host.cache_del(key) end
end

-- Also what `rt:log` and `print` say.
function parts.line(...)
  local words = {}
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    local kind = type(value)
    if kind == "string" then words[i] = value
    elseif kind == "number" then words[i] = (math_type(value) == "integer" or value % 1 == 0 and value < 1e15 and value > -1e15) and format("%.0f", value) or format("%g", value)
    elseif kind == "nil" or kind == "boolean" then words[i] = tostring(value)
    else words[i] = "[" .. kind .. "]" end
  end
  return concat(words, "\t")
end

function builtin.log(...) host.log("info", parts.line(...)) end

function builtin.env(key)
  if not named(key) then return nil end
  local value = host.env(key)
  return value ~= "" and value or nil
end

function builtin.time() return host.now() / 1000 end

function builtin.parse_time(text)
  if type(text) ~= "string" then return nil end
  return host.parse_time(text)
end

function builtin.uuid() return host.uuid() end

function builtin.generate(model, context) return streams.generate(model, context) end
function builtin.transformer(name, config) return streams.transformer(name, config) end

return builtin
