-- Arithmetic on 64-bit integers as LuaJIT has it: it wraps, divides towards zero, and knows signed and unsigned. Written
-- on halves, so that it does not lean on how the VM treats a sum or product that does not fit.
local _, primitives = ...
local F = primitives.exports.ffi
local format, ult = string.format, math.ult
local low_half, quarter = (1 << 32) - 1, (1 << 16) - 1
local minimum = 1 << 63

local function add(a, b)
  local low = (a & low_half) + (b & low_half)
  local high = ((a >> 32) & low_half) + ((b >> 32) & low_half) + (low >> 32)
  return (high << 32) | (low & low_half)
end

local function negate(a) return add(~a, 1) end
local function subtract(a, b) return add(a, negate(b)) end

-- The low 32 bits of a product of two halves.
local function product_low(a, b)
  return (a * (b & quarter) + (((a * (b >> 16)) & low_half) << 16)) & low_half
end

local function multiply(a, b)
  local al, ah, bl, bh = a & low_half, (a >> 32) & low_half, b & low_half, (b >> 32) & low_half
  local low = add(al * (bl & quarter), (al * (bl >> 16)) << 16)
  return add(low, (product_low(al, bh) + product_low(ah, bl)) << 32)
end

local function divide_unsigned(a, b)
  if b == 0 then return minimum end
  if b < 0 then return ult(a, b) and 0 or 1 end
  if a >= 0 then return a // b end
  local quotient = ((a >> 1) // b) << 1
  local rest = subtract(a, multiply(quotient, b))
  if not ult(rest, b) then quotient = add(quotient, 1) end
  return quotient
end

local function divide_signed(a, b)
  if b == 0 or (a == minimum and b == -1) then return minimum end
  local negative = (a < 0) ~= (b < 0)
  local quotient = divide_unsigned(a < 0 and negate(a) or a, b < 0 and negate(b) or b)
  return negative and negate(quotient) or quotient
end

local function remainder_unsigned(a, b)
  if b == 0 then return minimum end
  return subtract(a, multiply(divide_unsigned(a, b), b))
end

local function remainder_signed(a, b)
  if b == 0 then return minimum end
  if a == minimum and b == -1 then return 0 end
  return subtract(a, multiply(divide_signed(a, b), b))
end

local function power(a, b, unsigned)
  if not unsigned and b < 0 then
    if a == 0 then return ~minimum end
    if a == 1 then return 1 end
    if a == -1 then return (b & 1) == 0 and 1 or -1 end
    return 0
  end
  local result = 1
  while b ~= 0 do
    if (b & 1) == 1 then result = multiply(result, a) end
    b = b >> 1
    if b ~= 0 then a = multiply(a, a) end
  end
  return result
end

F.int64 = {
  add = add,
  sub = subtract,
  mul = multiply,
  unm = negate,
  div = function(a, b, unsigned) return (unsigned and divide_unsigned or divide_signed)(a, b) end,
  mod = function(a, b, unsigned) return (unsigned and remainder_unsigned or remainder_signed)(a, b) end,
  pow = power,
  eq = function(a, b) return a == b end,
  lt = function(a, b, unsigned) if unsigned then return ult(a, b) end return a < b end,
  le = function(a, b, unsigned) if unsigned then return not ult(b, a) end return a <= b end,
}

function F.unsigned_text(value)
  if value >= 0 then return format("%d", value) end
  local tenth = divide_unsigned(value, 10)
  return format("%d%d", tenth, subtract(value, multiply(tenth, 10)))
end

-- Rounded to what a double holds.
function F.unsigned_number(value)
  if value >= 0 then return value end
  return (value >> 11) * 2048.0 + (value & 2047)
end
