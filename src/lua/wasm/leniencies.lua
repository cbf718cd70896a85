-- What the derived lua.wasm takes as LuaJIT does and the stock glue.wasm does not (vulcan-api.md §16.1, §16.3): whole numbers
-- that come with a fraction, `%` before any character in a replacement, `<=` by `__lt`.
local type, tonumber, select, rawget, rawset, setmetatable = type, tonumber, select, rawget, rawset, setmetatable
local mathtype, tointeger, floor, pack, unpack = math.type, math.tointeger, math.floor, table.pack, table.unpack

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

local string, table = string, table
-- Bound to their own names: error texts call a function by the name it was called by.
local sub, byte, rep, char = string.sub, string.byte, string.rep, string.char
local find, match, gmatch, gsub = string.find, string.match, string.gmatch, string.gsub
local concat, unpack_table = table.concat, table.unpack

-- True for what plain 5.4 takes as it is, quickly for the usual case.
local function plain(value) return value == nil or mathtype(value) == "integer" end

-- Beyond the end of every string, in 32 bits; C casts positions to a size_t and cuts longer ones.
local far = 0x7fffffff

local function near(value) return value == nil or mathtype(value) == "integer" and value <= far end

local function place(value)
  value = whole(value)
  if not mathtype(value or "") then return value end
  return value > far and far or value > -far and value or -far
end

function string.sub(s, i, j)
  if near(i) and near(j) then return sub(s, i, j) end
  return sub(s, place(i), place(j))
end

function string.byte(s, i, j)
  if near(i) and near(j) then return byte(s, i, j) end
  return byte(s, place(i), place(j))
end

function string.rep(s, n, separator)
  if plain(n) then return rep(s, n, separator) end
  return rep(s, whole(n), separator)
end

function string.find(s, pattern, init, literally)
  if near(init) then return find(s, pattern, init, literally) end
  return find(s, pattern, place(init), literally)
end

function string.match(s, pattern, init)
  if near(init) then return match(s, pattern, init) end
  return match(s, pattern, place(init))
end

function string.gmatch(s, pattern, init)
  return gmatch(s, pattern, place(init))
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
  if base == 10 then return tonumber(value) end
  if type(value) == "number" then value = value .. "" end
  if base == 16 and type(value) == "string" then value = gsub(value, "^(%s*[-+]?)0[xX](%x)", "%1%2") end
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

-- ── replacements ─────────────────────────────────────────────────────────────────────────────────────────────────

local function literal(character)
  if find(character, "^[^%d%%]") then return character end
end

function string.gsub(text, pattern, replacement, limit)
  if type(replacement) == "string" and find(replacement, "%", 1, true) then
    replacement = gsub(replacement, "%%(.)", literal)
  end
  if limit ~= nil and mathtype(limit) ~= "integer" then
    local number = tonumber(limit)
    limit = number and number - number == 0 and number // 1 or limit
  end
  return gsub(text, pattern, replacement, limit)
end

-- ── `a <= b` by `__lt` ───────────────────────────────────────────────────────────────────────────────────────────

local function less_or_equal(a, b) return not (b < a) end

_G.setmetatable = function(object, metatable)
  if type(metatable) == "table" and rawget(metatable, "__lt") ~= nil and rawget(metatable, "__le") == nil then
    rawset(metatable, "__le", less_or_equal)
  end
  return setmetatable(object, metatable)
end
