-- LuaJIT's bit library: arguments modulo 2^32, results signed 32-bit (vulcan-api.md §16.2).
local error, select, tonumber, type, format = error, select, tonumber, type, string.format
local mathtype, tointeger, floor, upper = math.type, math.tointeger, math.floor, string.upper
local rep, sub = string.rep, string.sub

-- Fractions round to the nearest integer, halves to even, as LuaJIT's own conversion does.
local function slow_integer(value, position, name)
  local number = tonumber(value)
  if not number or (type(value) ~= "number" and type(value) ~= "string") then
    local got = value == nil and "no value" or type(value)
    error(format("bad argument #%d to '%s' (number expected, got %s)", position, name, got), 3)
  end
  if mathtype(number) == "integer" then return number end
  if number ~= number or number - number ~= 0 then return 0 end
  local whole = floor(number)
  local rest = number - whole
  if rest > 0.5 or (rest == 0.5 and whole % 2 == 1) then whole = whole + 1 end
  return tointeger(whole) or tointeger(whole % 4294967296)
end

local function signed(value) return ((value & 0xffffffff) ~ 0x80000000) - 0x80000000 end

local function integer(value, position, name)
  if mathtype(value or "") == "integer" then return value end
  return slow_integer(value, position, name)
end

local function folded(name, operation)
  return function(a, b, ...)
    a = mathtype(a or "") == "integer" and a or slow_integer(a, 1, name)
    if b == nil and select("#", ...) == 0 then return signed(a) end
    a = operation(a, mathtype(b or "") == "integer" and b or slow_integer(b, 2, name))
    for i = 1, select("#", ...) do a = operation(a, integer((select(i, ...)), i + 2, name)) end
    return signed(a)
  end
end

local function shifted(name, operation)
  return function(value, count)
    value = mathtype(value or "") == "integer" and value or slow_integer(value, 1, name)
    count = mathtype(count or "") == "integer" and count or slow_integer(count, 2, name)
    return signed(operation(value & 0xffffffff, count & 31))
  end
end

bit = {
  tobit = function(value) return signed(integer(value, 1, "tobit")) end,
  bnot = function(value) return signed(~integer(value, 1, "bnot")) end,
  band = folded("band", function(a, b) return a & b end),
  bor = folded("bor", function(a, b) return a | b end),
  bxor = folded("bxor", function(a, b) return a ~ b end),
  lshift = shifted("lshift", function(value, count) return value << count end),
  rshift = shifted("rshift", function(value, count) return value >> count end),
  arshift = shifted("arshift", function(value, count) return signed(value) // (1 << count) end),
  rol = shifted("rol", function(value, count) return value << count | value >> (32 - count) end),
  ror = shifted("ror", function(value, count) return value >> count | value << (32 - count) end),

  bswap = function(value)
    value = integer(value, 1, "bswap")
    return signed((value & 0xff) << 24 | (value & 0xff00) << 8 | value >> 8 & 0xff00 | value >> 24 & 0xff)
  end,

  tohex = function(value, digits)
    value = integer(value, 1, "tohex") & 0xffffffff
    digits = digits == nil and 8 or integer(digits, 2, "tohex")
    local capitals = digits < 0
    if capitals then digits = -digits end
    if digits == 0 then return "" end
    if digits < 8 then value = value & ((1 << digits * 4) - 1) end
    local text = format("%08x", value)
    text = digits < 8 and sub(text, -digits) or rep("0", (digits < 254 and digits or 254) - 8) .. text
    return capitals and upper(text) or text
  end,
}
