-- MessagePack, with the surface of the rock lua-MessagePack.
local _, primitives = ...
local type, pairs, error, pcall, floor = type, pairs, error, pcall, math.floor
local pack, unpack, sub, byte, char, format = string.pack, string.unpack, string.sub, string.byte, string.char, string.format
local concat, math_type, tointeger = table.concat, math.type, math.tointeger
local M = { _VERSION = "0.5.2", _DESCRIPTION = "lua-MessagePack : a pure Lua 5.3 implementation", DEBUG = nil }
local packers = {}
M.packers = packers
local deepest = 200

local function argument_error(caller, position, text) error(format("bad argument #%d to %s (%s)", position, caller, text), 3) end
local function check(caller, position, value, wanted)
  if type(value) ~= wanted then argument_error(caller, position, wanted .. " expected, got " .. type(value)) end
end

-- ── encode ───────────────────────────────────────────────────────────────────────────────────────────────────────

packers["nil"] = function(buffer) buffer[#buffer + 1] = "\xc0" end
packers.boolean = function(buffer, value) buffer[#buffer + 1] = value and "\xc3" or "\xc2" end

local function put_text(buffer, text, with8)
  local n = #text
  local head
  if n <= 31 then head = char(0xa0 | n)
  elseif n <= 255 and with8 then head = pack(">BB", 0xd9, n)
  elseif n <= 65535 then head = pack(">BI2", 0xda, n)
  else head = pack(">BI4", 0xdb, n) end
  buffer[#buffer + 1] = head
  buffer[#buffer + 1] = text
end
packers.string = function(buffer, text) put_text(buffer, text, true) end
packers.string_compat = function(buffer, text) put_text(buffer, text, false) end
packers.binary = function(buffer, text)
  local n = #text
  buffer[#buffer + 1] = n <= 255 and pack(">BB", 0xc4, n) or n <= 65535 and pack(">BI2", 0xc5, n) or pack(">BI4", 0xc6, n)
  buffer[#buffer + 1] = text
end
packers._string = packers.string

local function put_integer(buffer, n, signed_first)
  local out
  if n >= 0 then
    if n <= 127 then out = char(n)
    elseif signed_first then
      out = n <= 32767 and pack(">Bi2", 0xd1, n) or n <= 2147483647 and pack(">Bi4", 0xd2, n) or pack(">Bi8", 0xd3, n)
    elseif n <= 255 then out = pack(">BB", 0xcc, n)
    elseif n <= 65535 then out = pack(">BI2", 0xcd, n)
    elseif n <= 4294967295 then out = pack(">BI4", 0xce, n)
    else out = pack(">Bi8", 0xcf, n) end
  elseif n >= -32 then out = char(n + 256)
  elseif n >= -128 then out = pack(">Bi1", 0xd0, n)
  elseif n >= -32768 then out = pack(">Bi2", 0xd1, n)
  elseif n >= -2147483648 then out = pack(">Bi4", 0xd2, n)
  else out = pack(">Bi8", 0xd3, n) end
  buffer[#buffer + 1] = out
end
packers.unsigned = function(buffer, n) put_integer(buffer, n, false) end
packers.signed = function(buffer, n) put_integer(buffer, n, true) end
packers.integer = packers.unsigned
packers.float = function(buffer, n) buffer[#buffer + 1] = pack(">Bf", 0xca, n) end
packers.double = function(buffer, n) buffer[#buffer + 1] = pack(">Bd", 0xcb, n) end

local function number_packer(float)
  return function(buffer, n)
    -- A whole number is an integer, however it was computed, while both are exact.
    local exact = tointeger(n)
    if exact and n == n and (math_type(n) == "integer" or (n < 2 ^ 53 and n > -2 ^ 53)) then return packers.integer(buffer, exact) end
    packers[float](buffer, n)
  end
end

local function head(buffer, n, small, middle, large)
  buffer[#buffer + 1] = n <= 15 and char(small | n) or n <= 65535 and pack(">BI2", middle, n) or pack(">BI4", large, n)
end

local depth = 0
local function nested(work, buffer, value, n)
  depth = depth + 1
  if depth > deepest then
    depth = 0
    error("too many nested tables", 0)
  end
  work(buffer, value, n)
  depth = depth - 1
end

local function put(buffer, value)
  local packer = packers[type(value)]
  if packer == nil then
    depth = 0
    error("pack '" .. type(value) .. "' is unimplemented", 0)
  end
  packer(buffer, value)
end

local function put_map(buffer, value, n)
  head(buffer, n, 0x80, 0xde, 0xdf)
  for key, item in pairs(value) do
    put(buffer, key)
    put(buffer, item)
  end
end
local function put_array(buffer, value, n)
  head(buffer, n, 0x90, 0xdc, 0xdd)
  for i = 1, n do put(buffer, value[i]) end
end
packers.map = function(buffer, value, n) nested(put_map, buffer, value, n) end
packers.array = function(buffer, value, n) nested(put_array, buffer, value, n) end
-- Whether all keys are positions, how many there are, and the highest.
local function shape(value)
  local is_list, n, most = true, 0, 0
  for key in pairs(value) do
    if type(key) == "number" and key > 0 and floor(key) == key then
      if key > most then most = key end
    else
      is_list = false
    end
    n = n + 1
  end
  return is_list, n, most
end
packers._table = function(buffer, value)
  local is_list, n, most = shape(value)
  if is_list and most == n then return packers.array(buffer, value, n) end
  packers.map(buffer, value, n)
end
packers.table = function(buffer, value) packers._table(buffer, value) end
packers.fixext1 = function(buffer, tag, data) buffer[#buffer + 1] = pack(">Bi1", 0xd4, tag) .. data end
packers.ext = function(buffer, tag, data)
  local n = #data
  local fixed = ({ [1] = 0xd4, [2] = 0xd5, [4] = 0xd6, [8] = 0xd7, [16] = 0xd8 })[n]
  local front
  if fixed then front = pack(">Bi1", fixed, tag)
  elseif n <= 255 then front = pack(">BBi1", 0xc7, n, tag)
  elseif n <= 65535 then front = pack(">BI2i1", 0xc8, n, tag)
  else front = pack(">BI4i1", 0xc9, n, tag) end
  buffer[#buffer + 1] = front
  buffer[#buffer + 1] = data
end

local function choose(name, options)
  return function(choice)
    check(name, 1, choice, "string")
    local set = options[choice]
    if not set then argument_error(name, 1, "invalid option '" .. choice .. "'") end
    set()
  end
end
M.set_string = choose("set_string", {
  string = function() packers.string = function(b, s) put_text(b, s, true) end end,
  string_compat = function() packers.string = packers.string_compat end,
  binary = function() packers.string = packers.binary end,
})
M.set_integer = choose("set_integer", {
  unsigned = function() packers.integer = packers.unsigned end,
  signed = function() packers.integer = packers.signed end,
})
M.set_number = choose("set_number", {
  integer = function() packers.number = packers.integer end,
  float = function() packers.number = number_packer("float") end,
  double = function() packers.number = number_packer("double") end,
})
local full = packers._table
M.set_array = choose("set_array", {
  without_hole = function() packers._table = full end,
  with_hole = function()
    packers._table = function(buffer, value)
      local is_list, n, most = shape(value)
      if is_list then return packers.array(buffer, value, most) end
      packers.map(buffer, value, n)
    end
  end,
  always_as_map = function()
    packers._table = function(buffer, value)
      local n = 0
      for _ in pairs(value) do n = n + 1 end
      packers.map(buffer, value, n)
    end
  end,
})

function M.pack(value)
  local buffer = {}
  depth = 0
  put(buffer, value)
  return concat(buffer)
end

-- ── decode ───────────────────────────────────────────────────────────────────────────────────────────────────────

local function cursor_of(text)
  local cursor = { s = text, i = 1, j = #text, underflow = function() error("missing bytes", 0) end }
  return cursor
end

local function cursor_loader(load)
  return {
    s = "", i = 1, j = 0,
    underflow = function(self, wanted)
      self.s = sub(self.s, self.i)
      wanted = wanted - self.i + 1
      self.i = 1
      while #self.s < wanted do
        local chunk = load()
        if not chunk then error("missing bytes", 0) end
        self.s = self.s .. chunk
      end
      self.j = #self.s
    end,
  }
end

local function take(cursor, n)
  if cursor.i + n - 1 > cursor.j then cursor:underflow(cursor.i + n - 1) end
  local at = cursor.i
  cursor.i = at + n
  return sub(cursor.s, at, at + n - 1)
end
local function number(cursor, layout, n) return (unpack(layout, take(cursor, n))) end

local read
local function map(cursor, n, level)
  local result = {}
  for _ = 1, n do
    local key = read(cursor, level)
    if key == nil or key ~= key then key = M.sentinel end
    local value = read(cursor, level)
    if key ~= nil then result[key] = value end
  end
  return result
end
local function array(cursor, n, level)
  local result = {}
  for i = 1, n do result[i] = read(cursor, level) end
  return result
end
local function extension(cursor, n)
  local tag = number(cursor, ">i1", 1)
  return M.build_ext(tag, take(cursor, n))
end

local unpackers = {
  [0xc0] = function() return nil end, [0xc2] = function() return false end, [0xc3] = function() return true end,
  [0xc4] = function(c) return take(c, number(c, ">I1", 1)) end,
  [0xc5] = function(c) return take(c, number(c, ">I2", 2)) end,
  [0xc6] = function(c) return take(c, number(c, ">I4", 4)) end,
  [0xc7] = function(c) return extension(c, number(c, ">I1", 1)) end,
  [0xc8] = function(c) return extension(c, number(c, ">I2", 2)) end,
  [0xc9] = function(c) return extension(c, number(c, ">I4", 4)) end,
  [0xca] = function(c) return number(c, ">f", 4) end, [0xcb] = function(c) return number(c, ">d", 8) end,
  [0xcc] = function(c) return number(c, ">I1", 1) end, [0xcd] = function(c) return number(c, ">I2", 2) end,
  [0xce] = function(c) return number(c, ">I4", 4) end,
  [0xcf] = function(c)
    local n = number(c, ">i8", 8)
    return n >= 0 and n or (n >> 11) * 2048.0 + (n & 2047)
  end,
  [0xd0] = function(c) return number(c, ">i1", 1) end, [0xd1] = function(c) return number(c, ">i2", 2) end,
  [0xd2] = function(c) return number(c, ">i4", 4) end, [0xd3] = function(c) return number(c, ">i8", 8) end,
  [0xd4] = function(c) return extension(c, 1) end, [0xd5] = function(c) return extension(c, 2) end,
  [0xd6] = function(c) return extension(c, 4) end, [0xd7] = function(c) return extension(c, 8) end,
  [0xd8] = function(c) return extension(c, 16) end,
  [0xd9] = function(c) return take(c, number(c, ">I1", 1)) end,
  [0xda] = function(c) return take(c, number(c, ">I2", 2)) end,
  [0xdb] = function(c) return take(c, number(c, ">I4", 4)) end,
  [0xdc] = function(c, l) return array(c, number(c, ">I2", 2), l) end,
  [0xdd] = function(c, l) return array(c, number(c, ">I4", 4), l) end,
  [0xde] = function(c, l) return map(c, number(c, ">I2", 2), l) end,
  [0xdf] = function(c, l) return map(c, number(c, ">I4", 4), l) end,
}

read = function(cursor, level)
  level = level + 1
  if level > deepest then error("too many nested values", 0) end
  local code = byte(take(cursor, 1))
  if code <= 0x7f then return code end
  if code >= 0xe0 then return code - 256 end
  if code <= 0x8f then return map(cursor, code & 15, level) end
  if code <= 0x9f then return array(cursor, code & 15, level) end
  if code <= 0xbf then return take(cursor, code & 31) end
  local unpacker = unpackers[code]
  if not unpacker then error("unpack '" .. format("%#x", code) .. "' is unimplemented", 0) end
  return unpacker(cursor, level)
end

function M.build_ext() return nil end

function M.unpack(text)
  check("unpack", 1, text, "string")
  local cursor = cursor_of(text)
  local value = read(cursor, 0)
  if cursor.i <= cursor.j then error("extra bytes", 0) end
  return value
end

-- Iterator over position and value of a string or of what a loader function gives.
function M.unpacker(source)
  local cursor
  if type(source) == "string" then
    cursor = cursor_of(source)
    return function()
      if cursor.i > cursor.j then return nil end
      local at = cursor.i
      return at, read(cursor, 0)
    end
  end
  if type(source) ~= "function" then argument_error("unpacker", 1, "string or function expected, got " .. type(source)) end
  cursor = cursor_loader(source)
  return function()
    if cursor.i > cursor.j and not pcall(cursor.underflow, cursor, cursor.i) then return nil end
    return true, read(cursor, 0)
  end
end

function M.unpack_cursor(cursor) return read(cursor, 0) end

M.small_lua, M.full64bits, M.long_double = false, true, false
M.set_string("string")
M.set_integer("unsigned")
M.set_number("double")
primitives.exports.bundled.MessagePack = M
