-- cjson and cjson.safe, with the options and texts of the OpenResty build of lua-cjson.
local _, primitives = ...
local bundled, json = primitives.exports.bundled, primitives.exports.cjson
local encoder, null, empty_array, array_mt, empty_array_mt = json.encoder, json.null, json.empty_array, json.array_mt, json.empty_array_mt
local type, next, pairs, error, tostring, tonumber, select, pcall, setmetatable = type, next, pairs, error, tostring, tonumber, select, pcall, setmetatable
local find, sub, byte, char, format, gsub, lower, match = string.find, string.sub, string.byte, string.char, string.format, string.gsub, string.lower, string.match
local concat = table.concat
local floor, huge = math.floor, math.huge

-- ── decode ───────────────────────────────────────────────────────────────────────────────────────────────────────

local plain_escapes = { ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function utf8_bytes(code)
  if code < 0x80 then return char(code) end
  if code < 0x800 then return char(0xc0 | code >> 6, 0x80 | code & 63) end
  if code < 0x10000 then return char(0xe0 | code >> 12, 0x80 | code >> 6 & 63, 0x80 | code & 63) end
  return char(0xf0 | code >> 18, 0x80 | code >> 12 & 63, 0x80 | code >> 6 & 63, 0x80 | code & 63)
end

local function decoder(config)
  local source, at, depth
  -- What the current token is called in errors.
  local function fail(wanted, found, where) error(format("Expected %s but found %s at character %d", wanted, found, where), 0) end

  local function skip()
    local start = find(source, "[^ \t\r\n]", at)
    at = start or #source + 1
    if config.decode_allow_comment and byte(source, at) == 47 then
      local kind = byte(source, at + 1)
      if kind == 47 then
        at = (find(source, "\n", at, true) or #source) + 1
        return skip()
      elseif kind == 42 then
        local _, close = find(source, "*/", at + 2, true)
        if not close then return "unclosed multi-line comment", #source + 1 end
        at = close + 1
        return skip()
      end
    end
    return nil
  end

  local function unicode(where, position)
    local hex = match(source, "^%x%x%x%x", position + 2)
    if not hex then return nil, where end
    local code = tonumber(hex, 16)
    if code >= 0xdc00 and code < 0xe000 then return nil end
    if code >= 0xd800 and code < 0xdc00 then
      local low = match(source, "^\\u(%x%x%x%x)", position + 6)
      low = low and tonumber(low, 16)
      if not low or low < 0xdc00 or low > 0xdfff then return nil end
      return utf8_bytes(0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)), position + 12
    end
    return utf8_bytes(code), position + 6
  end

  -- text of the string at `at`, or nil, what is wrong and where
  local function string_token()
    local start = at
    local parts, count, position = nil, 0, start + 1
    while true do
      local stop = find(source, '["\\%c]', position)
      if not stop then return nil, "unexpected end of string", #source + 1 end
      local code = byte(source, stop)
      if code == 34 then
        local tail = sub(source, position, stop - 1)
        at = stop + 1
        if not parts then return tail end
        parts[count + 1] = tail
        return concat(parts)
      end
      parts = parts or {}
      count = count + 1
      parts[count] = sub(source, position, stop - 1)
      if code == 92 then
        local letter = sub(source, stop + 1, stop + 1)
        local plain = plain_escapes[letter]
        if plain then
          position = stop + 2
        elseif letter == "u" then
          plain, position = unicode(start, stop)
          if not plain then return nil, "invalid unicode escape code", stop end
        else
          return nil, "invalid escape code", stop
        end
        count = count + 1
        parts[count] = plain
      elseif code == 0 then
        return nil, "unexpected end of string", stop
      else
        count = count + 1
        parts[count] = char(code)
        position = stop + 1
      end
    end
  end

  local words = { ["true"] = true, ["false"] = false }
  local strict_number = "^%-?%d+%.?%d*[eE]?[+-]?%d*"

  -- value and its kind for errors; nil, what is wrong and where
  local function number_token()
    local start = at
    local lower = lower(sub(source, start, start + 12))
    local sign, word = match(lower, "^([+-]?)(%a+)")
    if config.decode_invalid_numbers and word then
      local length = find(word, "^infinity") and 8 or find(word, "^inf") and 3 or find(word, "^nan") and 3
      if length then
        at = start + #sign + length
        if find(word, "^nan") then return 0 / 0, "T_NUMBER" end
        return sign == "-" and -huge or huge, "T_NUMBER"
      end
    end
    if config.decode_invalid_numbers then
      local hex = match(source, "^[+-]?0[xX][%x.]+[pP]?[+-]?%d*", start)
      local value = hex and tonumber((gsub(hex, "^%+", "")))
      if value then
        at = start + #hex
        return value, "T_NUMBER"
      end
    else
      if find(source, "^%-?0[%dxX]", start) or find(source, "^%+", start) then return nil, "invalid number", start end
    end
    local digits = match(source, "^%-?%d+", start) or match(source, "^%+?%d+", start)
    if not digits then return nil, "invalid number", start end
    local finish = start + #digits
    local is_integer = true
    local fraction = match(source, "^%.%d*", finish)
    if fraction then
      finish, is_integer = finish + #fraction, false
    end
    local exponent = match(source, "^[eE][+-]?%d+", finish)
    if exponent then
      finish, is_integer = finish + #exponent, false
    end
    local value = tonumber((gsub(sub(source, start, finish - 1), "^%+", "")))
    at = finish
    return value, is_integer and "T_INTEGER" or "T_NUMBER"
  end

  -- What stands at `at`, for an error.
  local function token_name()
    local wrong, where = skip()
    if wrong then return wrong, where end
    local letter = sub(source, at, at)
    local start = at
    if letter == "" then return "T_END", start end
    local names = { ["{"] = "T_OBJ_BEGIN", ["}"] = "T_OBJ_END", ["["] = "T_ARR_BEGIN", ["]"] = "T_ARR_END", [","] = "T_COMMA", [":"] = "T_COLON" }
    if names[letter] then return names[letter], start end
    if letter == '"' then
      local value, message, place = string_token()
      if value == nil then return message, place end
      return "T_STRING", start
    end
    if find(letter, config.decode_invalid_numbers and "[%d+-]" or "[%d-]") then
      local value, message, place = number_token()
      if value == nil then return message, place end
      return message, start
    end
    if find(source, "^true", at) or find(source, "^false", at) then return "T_BOOLEAN", start end
    if find(source, "^null", at) then return "T_NULL", start end
    return "invalid token", start
  end

  local value_at

  local function deeper()
    depth = depth + 1
    if depth > config.decode_max_depth then
      error(format("Found too many nested data structures (%d) at character %d", depth, at), 0)
    end
  end

  local function take(letter)
    if skip() then return false end
    if sub(source, at, at) ~= letter then return false end
    at = at + 1
    return true
  end

  local function object_value()
    deeper()
    at = at + 1
    local result = {}
    if take("}") then
      depth = depth - 1
      return result
    end
    while true do
      skip()
      if sub(source, at, at) ~= '"' then fail("object key string", token_name()) end
      local key, wrong, where = string_token()
      if key == nil then fail("object key string", wrong, where) end
      if not take(":") then fail("colon", token_name()) end
      result[key] = value_at()
      if take("}") then
        depth = depth - 1
        return result
      end
      if not take(",") then fail("comma or object end", token_name()) end
    end
  end

  local function array_value()
    deeper()
    at = at + 1
    local result, count = {}, 0
    if config.decode_array_with_array_mt then setmetatable(result, array_mt) end
    if take("]") then
      depth = depth - 1
      return result
    end
    while true do
      count = count + 1
      result[count] = value_at()
      if take("]") then
        depth = depth - 1
        return result
      end
      if not take(",") then fail("comma or array end", token_name()) end
    end
  end

  value_at = function()
    local wrong, where = skip()
    if wrong then fail("value", wrong, where) end
    local letter = sub(source, at, at)
    if letter == "{" then return object_value() end
    if letter == "[" then return array_value() end
    if letter == '"' then
      local text, message, place = string_token()
      if text == nil then fail("value", message, place) end
      return text
    end
    for word, value in next, words do
      if find(source, "^" .. word, at) then
        at = at + #word
        return value
      end
    end
    if find(source, "^null", at) then
      at = at + 4
      return null
    end
    if find(letter, "[%d-]") or (config.decode_invalid_numbers and find(source, "^[+IiNn]", at)) then
      if config.decode_invalid_numbers or not find(source, "^%-[IiNn]", at) then
        local value, message, place = number_token()
        if value ~= nil then return value end
        if find(letter, "[%d-]") then fail("value", message, place) end
      end
    end
    fail("value", token_name())
  end

  return function(text)
    if type(text) ~= "string" then
      if type(text) ~= "number" then
        error(format("bad argument #1 to 'decode' (string expected, got %s)", text == nil and "no value" or type(text)), 2)
      end
      text = tostring(text)
    end
    if find(text, "^.%z") or find(text, "^%z") then error("JSON parser does not support UTF-16 or UTF-32", 0) end
    source, at, depth = text, 1, 0
    local value = value_at()
    local wrong, where = skip()
    if wrong then fail("the end", wrong, where) end
    if at <= #source then fail("the end", token_name()) end
    source = nil
    return value
  end
end

-- ── the module ───────────────────────────────────────────────────────────────────────────────────────────────────

-- As C functions raise it: without a position.
local function bad(name, position, text) error(format("bad argument #%d to 'cjson.%s' (%s)", position, name, text), 0) end

local function only(name, most, ...)
  if select("#", ...) > most then bad(name, most + 1, "found too many arguments") end
end

local function integer(name, position, value, low, high)
  if type(value) == "string" then value = tonumber(value) or value end
  if type(value) ~= "number" then bad(name, position, "number expected, got " .. type(value)) end
  if value < low or value > high or floor(value) ~= value then
    bad(name, position, format("expected integer between %d and %d", low, high))
  end
  return value
end

local function switch(name, position, value, extra)
  if type(value) == "boolean" then return value end
  if value == "on" then return true end
  if value == "off" then return false end
  if extra and value == extra then return value end
  if type(value) ~= "string" and type(value) ~= "number" then bad(name, position, "string expected, got " .. type(value)) end
  bad(name, position, format("invalid option '%s'", value))
end

local function new(safe)
  local config = {
    encode_invalid_numbers = false, encode_number_precision = 14, encode_escape_forward_slash = true,
    encode_empty_table_as_object = true, encode_keep_buffer = true, encode_max_depth = 1000, encode_indent = nil,
    sparse_convert = false, sparse_ratio = 2, sparse_safe = 10,
    decode_invalid_numbers = true, decode_max_depth = 1000, decode_array_with_array_mt = false, decode_allow_comment = false,
  }
  local module = {
    _NAME = "cjson", _VERSION = "2.1.0.11", null = null,
    empty_array = empty_array, array_mt = array_mt, empty_array_mt = empty_array_mt,
  }
  local encode, decode = encoder(config), decoder(config)
  local function guarded(name, work)
    return function(...)
      if select("#", ...) ~= 1 then bad(safe and "safe." .. name or name, 1, "expected 1 argument") end
      if not safe then return work(...) end
      local ok, result = pcall(work, ...)
      if ok then return result end
      return nil, result
    end
  end
  module.encode, module.decode = guarded("encode", encode), guarded("decode", decode)

  local function setting(name, most, read)
    module[name] = function(...)
      only(name, most, ...)
      if (...) ~= nil then config[name] = read(name, 1, (...)) end
      return config[name]
    end
  end
  local function within(low, high) return function(name, position, value) return integer(name, position, value, low, high) end end
  for _, name in pairs({ "encode_keep_buffer", "encode_escape_forward_slash", "encode_empty_table_as_object", "decode_invalid_numbers", "decode_array_with_array_mt", "decode_allow_comment" }) do
    setting(name, 1, switch)
  end
  setting("encode_invalid_numbers", 1, function(name, position, value) return switch(name, position, value, "null") end)
  setting("encode_number_precision", 1, within(1, 16))
  setting("encode_max_depth", 1, within(1, 2147483647))
  setting("decode_max_depth", 1, within(1, 2147483647))
  function module.encode_indent(...)
    only("encode_indent", 1, ...)
    local value = ...
    if value ~= nil then
      if type(value) ~= "string" then bad("encode_indent", 1, "string expected, got " .. type(value)) end
      config.encode_indent = value ~= "" and value or nil
    end
    return config.encode_indent or ""
  end
  function module.encode_sparse_array(...)
    only("encode_sparse_array", 3, ...)
    local convert, ratio, safety = ...
    if convert ~= nil then config.sparse_convert = switch("encode_sparse_array", 1, convert) end
    if ratio ~= nil then config.sparse_ratio = integer("encode_sparse_array", 2, ratio, 0, 2147483647) end
    if safety ~= nil then config.sparse_safe = integer("encode_sparse_array", 3, safety, 0, 2147483647) end
    return config.sparse_convert, config.sparse_ratio, config.sparse_safe
  end
  function module.new() return new(safe) end
  return module
end

bundled.cjson = new(false)
bundled["cjson.safe"] = new(true)
