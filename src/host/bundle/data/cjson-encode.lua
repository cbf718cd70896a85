-- How cjson writes. Leaves the values it knows and `encoder(config)` for cjson.lua, in exports.cjson.
local _, primitives = ...
local type, next, pairs, error, rawget, setmetatable = type, next, pairs, error, rawget, setmetatable
local getmetatable = primitives.debug.getmetatable
local char, format, gsub, rep = string.char, string.format, string.gsub, string.rep
local concat = table.concat
local floor, huge = math.floor, math.huge

local null = primitives.newuserdata({ __tostring = function() return "userdata: NULL" end, __name = "null", __metatable = false })
local empty_array = primitives.newuserdata({ __tostring = function() return "userdata: empty array" end, __metatable = false })
local array_mt, empty_array_mt = {}, {}

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["/"] = "\\/", ["\127"] = "\\u007f" }
for i = 0, 31 do escapes[char(i)] = format("\\u%04x", i) end
for code, text in pairs({ ["\b"] = "\\b", ["\t"] = "\\t", ["\n"] = "\\n", ["\f"] = "\\f", ["\r"] = "\\r" }) do escapes[code] = text end
local slashes = setmetatable({ ["/"] = "/" }, { __index = escapes })

local function encoder(config)
  local out, count
  local function put(text)
    count = count + 1
    out[count] = text
  end
  local function fail(kind, reason) error(format("Cannot serialise %s: %s", kind, reason), 0) end

  local function number(value)
    if value ~= value or value == huge or value == -huge then
      local mode = config.encode_invalid_numbers
      if mode == "null" then return "null" end
      if not mode then fail("number", "must not be NaN or Infinity") end
      return value ~= value and "NaN" or value > 0 and "Infinity" or "-Infinity"
    end
    return (format("%." .. config.encode_number_precision .. "g", value))
  end
  local function text(value)
    return '"' .. gsub(value, '[%c"\\/\127]', config.encode_escape_forward_slash and escapes or slashes) .. '"'
  end

  -- The last index of an array; -1 for an object.
  local function array_length(value)
    local most, items = 0, 0
    for key in next, value do
      if type(key) ~= "number" or key < 1 or floor(key) ~= key then return -1 end
      if key > most then most = key end
      items = items + 1
    end
    local ratio = config.sparse_ratio
    if ratio > 0 and most > items * ratio and most > config.sparse_safe then
      if not config.sparse_convert then fail("table", "excessively sparse array") end
      return -1
    end
    return most
  end

  local encode
  local function line_break(depth)
    local indent = config.encode_indent
    if indent then put("\n" .. rep(indent, depth)) end
  end

  local function array(value, length, depth)
    put("[")
    for i = 1, length do
      if i > 1 then put(",") end
      line_break(depth)
      encode(rawget(value, i), depth)
    end
    if length > 0 then line_break(depth - 1) end
    put("]")
  end

  local function object(value, depth)
    put("{")
    local first = true
    for key, item in next, value do
      if not first then put(",") end
      first = false
      line_break(depth)
      if type(key) == "number" then put('"' .. number(key) .. '"')
      elseif type(key) == "string" then put(text(key))
      else fail(type(key), "table key must be a number or string") end
      put(config.encode_indent and ": " or ":")
      encode(item, depth)
    end
    if not first then line_break(depth - 1) end
    put("}")
  end

  encode = function(value, depth)
    local kind = type(value)
    if kind == "string" then put(text(value))
    elseif kind == "number" then put(number(value))
    elseif kind == "boolean" then put(value and "true" or "false")
    elseif value == nil or value == null then put("null")
    elseif value == empty_array then put("[]")
    elseif kind == "table" then
      depth = depth + 1
      if depth > config.encode_max_depth then error(format("Cannot serialise, excessive nesting (%d)", depth), 0) end
      local metatable = getmetatable(value)
      if metatable == array_mt then return array(value, #value, depth) end
      local length = array_length(value)
      if length > 0 then return array(value, length, depth) end
      if length == 0 and (metatable == empty_array_mt or not config.encode_empty_table_as_object) then return put("[]") end
      object(value, depth)
    else
      fail(kind, "type not supported")
    end
  end

  return function(value)
    out, count = {}, 0
    encode(value, 0)
    return concat(out)
  end
end

primitives.exports.cjson = { encoder = encoder, null = null, empty_array = empty_array, array_mt = array_mt, empty_array_mt = empty_array_mt }
