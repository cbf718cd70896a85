-- Numbers as LuaJIT takes them (vulcan-api.md §16.1): generous random bounds, what 5.4 has dropped.
local host = ...
local error, select, tonumber, type = error, select, tonumber, type
local mathtype, tointeger, floor, fmod = math.type, math.tointeger, math.floor, math.fmod

-- ── random ───────────────────────────────────────────────────────────────────────────────────────────────────────

local random, randomseed = math.random, math.randomseed

local function bound(value, position)
  local number = tonumber(value)
  if not number then
    local got = value == nil and "no value" or type(value)
    error("bad argument #" .. position .. " to 'random' (number expected, got " .. got .. ")", 3)
  end
  return floor(number)
end

-- LuaJIT's is floor(u * (high - low + 1)) + low, whatever the bounds are: it refuses no interval.
function math.random(...)
  local count = select("#", ...)
  if count == 0 then return random() end
  local low, high = ...
  if mathtype(low or "") == "integer" then
    if count == 1 then
      if low > 0 then return random(low) end
    elseif mathtype(high or "") == "integer" and low <= high then
      return random(low, high)
    end
  end
  low = bound(low, 1)
  if count == 1 then
    low, high = 1, low
  else
    high = bound(high, 2)
  end
  if low <= high and mathtype(low) == "integer" and mathtype(high) == "integer" then return random(low, high) end
  return floor(random() * (high - low + 1.0)) + low
end

function math.randomseed(...)
  local seed = ...
  if select("#", ...) == 0 or mathtype(seed or "") == "integer" then
    -- 5.4 answers the seed it made of this; the reference answers nothing.
    if seed then randomseed(seed) else randomseed() end
    return
  end
  local number = tonumber(seed)
  if not number then
    error("bad argument #1 to 'randomseed' (number expected, got " .. type(seed) .. ")", 2)
  end
  randomseed(tointeger(floor(number)) or number - number == 0 and tointeger(fmod(floor(number), 2 ^ 53)) or 0)
end

-- ── functions 5.4 has dropped ────────────────────────────────────────────────────────────────────────────────────

local log, atan = math.log, math.atan

local function number_argument(value, position, name)
  local number = tonumber(value)
  if not number then
    local got = value == nil and "no value" or type(value)
    error("bad argument #" .. position .. " to '" .. name .. "' (number expected, got " .. got .. ")", 3)
  end
  return number
end

math.pow = math.pow or function(x, y) return number_argument(x, 1, "pow") ^ number_argument(y, 2, "pow") end
math.mod = math.mod or fmod
math.atan2 = math.atan2 or function(y, x) return atan(number_argument(y, 1, "atan2"), number_argument(x, 2, "atan2")) end
math.log10 = math.log10 or function(x) return log(number_argument(x, 1, "log10"), 10) end
for _, name in ipairs({ "cosh", "sinh", "tanh" }) do
  local compute = host[name]
  math[name] = math[name] or function(x) return compute(number_argument(x, 1, name)) end
end
math.ldexp = math.ldexp or function(m, e)
  m, e = number_argument(m, 1, "ldexp") + 0.0, number_argument(e, 2, "ldexp")
  e = e - fmod(e, 1)
  -- In two steps: the power alone may overflow where the product does not.
  local half = e // 2
  return m * 2.0 ^ half * 2.0 ^ (e - half)
end
math.frexp = math.frexp or function(x)
  x = number_argument(x, 1, "frexp") + 0.0
  if x == 0 or x - x ~= 0 then return x, 0 end
  local exponent, size = 0, x < 0 and -x or x
  -- Subnormal numbers are lifted first; scaling by powers of two is exact.
  if size < 0x1p-1000 then size, exponent = size * 0x1p100, -100 end
  local guess = floor(log(size, 2)) + 1
  local half = guess // 2
  size = size / 2.0 ^ half / 2.0 ^ (guess - half)
  exponent = exponent + guess
  if size >= 1 then size, exponent = size / 2, exponent + 1 elseif size < 0.5 then size, exponent = size * 2, exponent - 1 end
  return x < 0 and -size or size, tointeger(exponent)
end
