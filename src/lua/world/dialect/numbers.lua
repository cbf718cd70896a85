-- Numbers as LuaJIT takes them (vulcan-api.md §16.1): fractions where plain 5.4 wants integers, generous random bounds.
local host = ...
local error, pcall, select, tonumber, type = error, pcall, select, tonumber, type
local mathtype, tointeger, floor, fmod = math.type, math.tointeger, math.floor, math.fmod
local find, sub, gsub, pack, unpack = string.find, string.sub, string.gsub, table.pack, table.unpack

-- A finite number, or a numeric string, without its fraction; everything else as it is.
local function whole(value)
  if type(value) == "string" then
    local number = tonumber(value)
    if not number then return value end
    value = number
  end
  if mathtype(value or "") ~= "float" or value - value ~= 0 then return value end
  return tointeger(value < 0 and -floor(-value) or floor(value)) or value
end

-- ── where the wasm itself does not truncate ──────────────────────────────────────────────────────────────────────

-- A derived lua.wasm may truncate in luaL_checkinteger, at no cost; only without that are these functions wrapped.
local native = pcall(string.rep, "x", 1.5)

if not native then
  local string, table = string, table
  -- Bound to their own names: error texts call a function by the name it was called by.
  local sub, byte, rep, char = string.sub, string.byte, string.rep, string.char
  local find, match, gmatch = string.find, string.match, string.gmatch
  local concat, unpack_table = table.concat, table.unpack

  -- True for what plain 5.4 takes as it is, quickly for the usual case.
  local function plain(value) return value == nil or mathtype(value) == "integer" end

  function string.sub(s, i, j)
    if plain(i) and plain(j) then return sub(s, i, j) end
    return sub(s, whole(i), whole(j))
  end

  function string.byte(s, i, j)
    if plain(i) and plain(j) then return byte(s, i, j) end
    return byte(s, whole(i), whole(j))
  end

  function string.rep(s, n, separator)
    if plain(n) then return rep(s, n, separator) end
    return rep(s, whole(n), separator)
  end

  function string.find(s, pattern, init, literally)
    if plain(init) then return find(s, pattern, init, literally) end
    return find(s, pattern, whole(init), literally)
  end

  function string.match(s, pattern, init)
    if plain(init) then return match(s, pattern, init) end
    return match(s, pattern, whole(init))
  end

  function string.gmatch(s, pattern, init)
    return gmatch(s, pattern, whole(init))
  end

  function string.char(...)
    local codes = pack(...)
    for i = 1, codes.n do codes[i] = whole(codes[i]) end
    return char(unpack(codes, 1, codes.n))
  end

  function table.concat(t, separator, i, j)
    if plain(i) and plain(j) then return concat(t, separator, i, j) end
    return concat(t, separator, whole(i), whole(j))
  end

  function table.unpack(t, i, j)
    if plain(i) and plain(j) then return unpack_table(t, i, j) end
    return unpack_table(t, whole(i), whole(j))
  end

  _G.select = function(n, ...)
    if mathtype(n or "") == "float" then n = whole(n) end
    return select(n, ...)
  end

  -- Base 10 is no base, base 16 takes `0x`, other bases take numbers for their text.
  function _G.tonumber(...)
    local value, base = ...
    if base == nil then return tonumber(...) end
    if base == 10 or base == 16 and type(value) == "string" and find(value, "^0[xX]") then return tonumber(value) end
    if type(value) == "number" then value = value .. "" end
    return tonumber(value, base)
  end

  -- Which arguments of a format need an integer: { [2] = true }, or false when none does. Formats are few and repeat.
  local plans, planned = {}, 0

  local function plan(format)
    local positions, position, at, any = {}, 0, 1, false
    while true do
      local _, stop, letter = find(format, "%%[-+ #0]*%d*%.?%d*(.)", at)
      if not stop then break end
      at = stop + 1
      if letter ~= "%" then
        position = position + 1
        if find("diouxXc", letter, 1, true) then positions[position], any = true, true end
      end
    end
    if planned > 500 then plans, planned = {}, 0 end
    planned = planned + 1
    plans[format] = any and positions
    return plans[format]
  end

  local format = string.format
  -- What the processor's own conversion gives for a number beyond 64 bits, as LuaJIT prints it.
  local mininteger = math.mininteger

  function string.format(text, ...)
    if type(text) ~= "string" then return format(text, ...) end
    local positions = plans[text]
    if positions == nil then positions = plan(text) end
    if not positions then return format(text, ...) end
    local values = pack(...)
    for i = 1, values.n do
      local value = values[i]
      if positions[i] and mathtype(value or "") ~= "integer" then
        value = whole(value)
        if mathtype(value or "") == "float" then value = mininteger end
        values[i] = value
      end
    end
    return format(text, unpack(values, 1, values.n))
  end
end

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
  m, e = number_argument(m, 1, "ldexp") + 0.0, whole(number_argument(e, 2, "ldexp"))
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
