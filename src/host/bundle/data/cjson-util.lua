-- cjson.util.
local _, primitives = ...
local bundled, null = primitives.exports.bundled, primitives.exports.cjson.null
local type, next, pairs, tostring, assert = type, next, pairs, tostring, assert
local io = io
local byte, format, gsub, rep = string.byte, string.format, string.gsub, string.rep
local concat = table.concat
local math = math

local util = {}

-- The last index of an array, nil for another table.
function util.is_array(value)
  local most, count = 0, 0
  for key in pairs(value) do
    if type(key) ~= "number" then return -1 end
    if key > most then most = key end
    count = count + 1
  end
  return most > count * 2 and -1 or most
end

local function shown(value, indent, depth)
  if type(value) == "string" then return '"' .. gsub(value, '[%c"\\]', function(c) return format("\\%03d", byte(c)) end) .. '"' end
  if type(value) ~= "table" then return value == null and "json.null" or tostring(value) end
  if depth > 50 then return "\"Cannot serialise any further: too many nested tables\"" end
  local parts = {}
  for key, item in pairs(value) do
    local name = type(key) == "number" and "" or "[" .. shown(key, indent, depth + 1) .. "] = "
    parts[#parts + 1] = rep("    ", depth + 1) .. name .. shown(item, indent, depth + 1)
  end
  if #parts == 0 then return "{}" end
  return "{\n" .. concat(parts, ",\n") .. "\n" .. rep("    ", depth) .. "}"
end
function util.serialise_value(value) return shown(value, "    ", 0) end

function util.compare_values(a, b)
  if type(a) ~= type(b) then return false end
  if type(a) == "number" then return (a ~= a and b ~= b) or a == b or math.abs(a - b) < 1e-13 * math.abs(a) end
  if type(a) ~= "table" then return a == b end
  local keys = {}
  for key in pairs(a) do keys[key] = true end
  for key in pairs(b) do
    if keys[key] == nil then return false end
    keys[key] = nil
    if not util.compare_values(a[key], b[key]) then return false end
  end
  return next(keys) == nil
end

function util.file_load(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

function util.file_save(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

bundled["cjson.util"] = util
