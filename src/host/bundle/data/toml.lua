-- toml, with the surface of lua-toml.
local host, primitives = ...
local error, type = error, type
local toml = { version = 0.40, strict = true }

function toml.parse(text, options)
  if type(text) ~= "string" then error("bad argument #1 to 'parse' (string expected, got " .. (text == nil and "no value" or type(text)) .. ")", 2) end
  local value, message = host.parse(text)
  if value == nil then error("TOML: " .. message, 2) end
  return value
end

function toml.encode(value)
  if type(value) ~= "table" then error("bad argument #1 to 'encode' (table expected, got " .. (value == nil and "no value" or type(value)) .. ")", 2) end
  return host.encode(value)
end
toml.decode, toml.stringify = toml.parse, toml.encode

primitives.exports.bundled.toml = toml
