-- Standard functions that take cdata once `ffi` is there, as LuaJIT's do.
local _, primitives = ...
local math, string = math, string
local F = primitives.exports.ffi
local _G, select, error, unpack = _G, select, error, table.unpack
local state_of = F.state_of
local raw_type, raw_tonumber, raw_format, raw_collect = type, tonumber, string.format, collectgarbage

function type(...)
  local kind = raw_type(...)
  if kind == "userdata" and state_of((...)) then return "cdata" end
  return kind
end

function tonumber(value, ...)
  local state = raw_type(value) == "userdata" and state_of(value)
  if not state then
    -- An absent argument is an error of the function itself.
    if value == nil and select("#", ...) == 0 then return raw_tonumber(value) end
    return raw_tonumber(value, ...)
  end
  if state.ct then return state.ct.h end
  local v = state.v
  if raw_type(v) == "boolean" then return v and 1 or 0 end
  if v == nil then return nil end
  if state.t.u and state.t.s == 8 then return F.unsigned_number(v) end
  if math.tointeger(v) and (v > 1 << 53 or v < -(1 << 53)) then return v + 0.0 end
  return v
end

function string.format(pattern, ...)
  local count = select("#", ...)
  for i = 1, count do
    if raw_type((select(i, ...))) == "userdata" then
      local values = { ... }
      for k = i, count do
        local state = state_of(values[k])
        -- Only %s takes the object itself.
        if state and raw_type(state.v) == "number" and not F.prints_text(pattern, k) then values[k] = state.v end
      end
      return raw_format(pattern, unpack(values, 1, count))
    end
  end
  return raw_format(pattern, ...)
end

-- Whether the conversion of argument `index` is %s.
function F.prints_text(pattern, index)
  local n = 0
  for conversion in string.gmatch(pattern, "%%[-+ #0]*%d*%.?%d*([%a%%])") do
    if conversion ~= "%" then
      n = n + 1
      if n == index then return conversion == "s" end
    end
  end
  return false
end

function collectgarbage(option, ...)
  local answer = raw_collect(option, ...)
  if option == nil or option == "collect" or option == "step" then F.finalise() end
  return answer
end

-- ── bit ──────────────────────────────────────────────────────────────────────────────────────────────────────────

local bit = _G.bit
local plain_bit = {}
for name, f in next, bit do plain_bit[name] = f end

-- The value, whether it is a 64-bit one and whether that is unsigned.
local function wide(value)
  local state = raw_type(value) == "userdata" and state_of(value)
  if state and raw_type(state.v) == "number" then return F.to_int64(state.v), true, state.t.u and state.t.s == 8 end
  if raw_type(value) == "number" then return F.to_int64(value), false, false end
  return nil
end

local function boxed(value, unsigned) return F.scalar(unsigned and F.uint64_type or F.int64_type, value) end

local function over_all(name, join)
  bit[name] = function(...)
    local count, any, unsigned = select("#", ...), false, false
    for i = 1, count do
      local _, is_wide, is_unsigned = wide((select(i, ...)))
      any, unsigned = any or is_wide, unsigned or is_unsigned
    end
    if not any then return plain_bit[name](...) end
    local answer
    for i = 1, count do
      local value = wide((select(i, ...)))
      if value == nil then error("bad argument #" .. i .. " to '" .. name .. "' (number expected, got " .. raw_type((select(i, ...))) .. ")", 2) end
      answer = answer == nil and value or join(answer, value)
    end
    return boxed(answer, unsigned)
  end
end
over_all("band", function(a, b) return a & b end)
over_all("bor", function(a, b) return a | b end)
over_all("bxor", function(a, b) return a ~ b end)

local function over_first(name, work)
  bit[name] = function(value, count, ...)
    local number, is_wide, unsigned = wide(value)
    local shift = raw_type(count) == "userdata" and wide(count) or count
    if not is_wide then return plain_bit[name](value, shift, ...) end
    return work(number, shift, unsigned)
  end
end
local function by(count) return F.to_int64(raw_tonumber(count) or 0) & 63 end
local function rotate(a, n) return (a << n) | (a >> ((64 - n) & 63)) end
over_first("bnot", function(a, _, u) return boxed(~a, u) end)
over_first("lshift", function(a, n, u) return boxed(a << by(n), u) end)
over_first("rshift", function(a, n, u) return boxed(a >> by(n), u) end)
over_first("arshift", function(a, n, u)
  n = by(n)
  return boxed(a < 0 and ~(~a >> n) or a >> n, u)
end)
over_first("rol", function(a, n, u)
  n = by(n)
  return boxed(n == 0 and a or rotate(a, n), u)
end)
over_first("ror", function(a, n, u)
  n = by(n)
  return boxed(n == 0 and a or rotate(a, 64 - n), u)
end)
over_first("bswap", function(a, _, u) return boxed((string.unpack(">i8", string.pack("<i8", a))), u) end)
over_first("tobit", function(a) return plain_bit.tobit(a & ((1 << 32) - 1)) end)
over_first("tohex", function(a, n)
  n = raw_tonumber(n) or 16
  local text = raw_format(n < 0 and "%016X" or "%016x", a)
  n = n < 0 and -n or n
  return string.sub(text, -(n > 16 and 16 or n))
end)
