-- JSON by the rules of `__builtin` (genx.md §2.3): keys in byte order, `{}` for an empty table, null for what JSON has no
-- word for, but not for NaN and the infinities.
local host = ...
local type, next, rawget, rawlen, tostring, tonumber, error, pcall = type, next, rawget, rawlen, tostring, tonumber, error, pcall
local format, gsub, byte, sub, concat, sort, math_type = string.format, string.gsub, string.byte, string.sub, table.concat, table.sort, math.type
local utf8_len = utf8.len

local deepest, widest_gap = 1000, 1000000
local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }
local function escape(c) return escapes[c] or format("\\u%04x", byte(c)) end

-- Bytes that are no UTF-8 become U+FFFD.
local function valid(text)
  local out, at = {}, 1
  while true do
    local length, bad = utf8_len(text, at)
    if length then
      out[#out + 1] = sub(text, at)
      return concat(out)
    end
    out[#out + 1] = sub(text, at, bad - 1) .. "\u{FFFD}"
    at = bad + 1
    if at > #text then return concat(out) end
  end
end

local function string_text(text)
  if not utf8_len(text) then text = valid(text) end
  return '"' .. gsub(text, '[%c"\\]', escape) .. '"'
end

local function number_text(n)
  if math_type(n) == "integer" then return format("%d", n) end
  if n ~= n or n == 1 / 0 or n == -1 / 0 then error({ "json: unsupported value: " .. (n ~= n and "NaN" or n > 0 and "+Inf" or "-Inf") }, 0) end
  if n % 1 == 0 and n < 1e21 and n > -1e21 then return format("%.0f", n) end
  for digits = 15, 17 do
    local text = format("%." .. digits .. "g", n)
    if tonumber(text) == n then return text end
  end
end

local encode

-- The length of a table that is an array: only whole numbers from 1 on as keys.
local function array_length(t)
  local longest, count = 0, 0
  for key in next, t do
    if type(key) ~= "number" or key < 1 or key % 1 ~= 0 then return nil end
    count = count + 1
    if key > longest then longest = key end
  end
  if longest - count > widest_gap then error({ "json: the array has " .. format("%.0f", longest - count) .. " gaps" }, 0) end
  return longest > 0 and longest or nil
end

local function key_text(key)
  if type(key) == "string" then return key end
  if type(key) == "number" then return number_text(key) end
  return tostring(key)
end

local function table_text(t, depth)
  if depth > deepest then error({ "json: the value is nested too deeply or contains itself" }, 0) end
  local out = {}
  local length = array_length(t)
  if length then
    for i = 1, length do out[i] = encode(rawget(t, i), depth) end
    return "[" .. concat(out, ",") .. "]"
  end
  local keys, values = {}, {}
  for key, value in next, t do
    local text = key_text(key)
    if values[text] == nil then keys[#keys + 1] = text end
    values[text] = encode(value, depth)
  end
  sort(keys)
  for i = 1, #keys do out[i] = string_text(keys[i]) .. ":" .. values[keys[i]] end
  return "{" .. concat(out, ",") .. "}"
end

function encode(value, depth)
  local kind = type(value)
  if kind == "string" then return string_text(value) end
  if kind == "number" then return number_text(value) end
  if kind == "boolean" then return tostring(value) end
  if kind == "table" then return table_text(value, depth + 1) end
  return "null"
end

local json = {}

function json.encode(value)
  local ok, text = pcall(encode, value, 0)
  if ok then return text end
  if type(text) ~= "table" then error(text, 0) end
  return nil, text[1]
end

function json.decode(text)
  if type(text) == "number" then text = tostring(text) end
  if type(text) ~= "string" or text == "" then return nil, "empty string" end
  local ok, value = host.json_decode(text)
  if ok then return value end
  return nil, value
end

-- A copy of data: what is neither text, number, boolean nor table is left out, and so is a table within itself.
local function data(value, above)
  if type(value) ~= "table" then
    local kind = type(value)
    if kind == "string" or kind == "number" or kind == "boolean" then return value end
    return nil
  end
  if above[value] then return nil end
  above[value] = true
  local copy = {}
  for key, each in next, value do
    if type(key) == "string" or type(key) == "number" then copy[key] = data(each, above) end
  end
  above[value] = nil
  return copy
end

function json.data(value) return data(value, {}) end

return json
