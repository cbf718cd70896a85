-- What programs do with a cdata: index, call, compute, compare, print.
local _, primitives = ...
local math = math
local F = primitives.exports.ffi
local error, type, format, select, pairs, tostring = error, type, string.format, select, pairs, tostring
local raw_tostring, tointeger = tostring, math.tointeger
local metatable, state_of, name_of, element = F.metatable, F.state_of, F.name_of, F.element
local int64, address, from_c, to_c, plain = F.int64, F.address, F.from_c, F.to_c, F.plain
local metatypes = {}
F.metatypes = metatypes

-- The metatable a program gave to the type of this object, or to what it points to.
local function metatype_of(state)
  local t = state.ct or state.t
  if t.k == "pointer" or t.k == "reference" then t = element(t) end
  return metatypes[t.b]
end

local function metamethod(value, name)
  local state = state_of(value)
  local given = state and metatype_of(state)
  return given and given[name]
end
F.metamethod = metamethod

-- ── index ────────────────────────────────────────────────────────────────────────────────────────────────────────

local function no_member(t, key)
  if type(key) == "string" then error(format("'%s' has no member named '%s'", t.n, key), 3) end
  error(format("'%s' cannot be indexed with '%s'", t.n, name_of(key)), 3)
end

-- A whole number of elements from a key; nil for other keys.
local function position(key)
  if type(key) == "number" then return tointeger(key) or F.to_int64(key) end
  local state = state_of(key)
  if state and state.v ~= nil and type(state.v) == "number" and state.t.k ~= "enum" then return F.to_int64(state.v) end
  return nil
end

-- type, block, offset and whether it is constant; or nil and, for a constant declared in a struct, its value.
local function place(state, key)
  local t = state.t
  if t == nil then return nil end
  local k = t.k
  local index = position(key)
  if index then
    if k == "pointer" or k == "array" or k == "vector" then
      local of = element(t)
      local size = of.s
      if size == nil then
        if of.f then size = of.vs else error("size of C type is unknown or too large", 3) end
      end
      return of, state.m, state.o + index * size, of.c or (k ~= "pointer" and (t.c or state.c))
    end
    if k == "complex" and (index == 0 or index == 1) then return F.half(t), state.m, state.o + index * F.half(t).s, t.c end
    return nil
  end
  if type(key) ~= "string" then return nil end
  local constant = t.c or state.c
  if k == "pointer" then
    t = element(t)
    k, constant = t.k, t.c
  end
  if t.f then
    local member = F.member(t, key)
    if member then
      if member.t then return member.t, state.m, state.o + member.o, constant or member.c end
      return nil, member.x
    end
  elseif k == "complex" and (key == "re" or key == "im") then
    local half = F.half(t)
    return half, state.m, state.o + (key == "im" and half.s or 0), constant
  end
  return nil
end
F.place = place

function F.half(t)
  local half = t.half
  if half == nil then
    half = { k = "float", s = t.s // 2, n = t.s == 8 and "float" or "double", b = -1 }
    t.half = half
  end
  return half
end

function metatable.__index(value, key)
  local state = state_of(value)
  local t, block, offset, constant = place(state, key)
  if t then
    if block == nil then F.no_memory(offset) end
    return from_c(t, block, offset, constant)
  end
  if block ~= nil then return block end
  local of = state.ct
  if of and type(key) == "string" then
    local found = of.x and of.x[key]
    if found == nil and of.f then
      local member = F.member(of, key)
      found = member and member.x
    end
    if found ~= nil then return found end
  end
  local given = metatype_of(state)
  local index = given and given.__index
  if index ~= nil then
    if type(index) == "function" then return index(value, key) end
    local found = index[key]
    if found ~= nil then return found end
  end
  no_member(of or state.t, key)
end

function metatable.__newindex(value, key, new)
  local state = state_of(value)
  local t, block, offset, constant = place(state, key)
  if t then
    if constant then error("attempt to write to constant location", 2) end
    if block == nil then F.no_memory(offset) end
    return to_c(t, block, offset, new)
  end
  if block ~= nil then error("attempt to write to constant location", 2) end
  local given = metatype_of(state)
  local newindex = given and given.__newindex
  if newindex ~= nil then
    if type(newindex) == "function" then return newindex(value, key, new) end
    newindex[key] = new
    return
  end
  no_member(state.ct or state.t, key)
end

function metatable.__call(value, ...)
  local state = state_of(value)
  local given = metatype_of(state)
  if state.ct then
    local new = given and given.__new
    if new then return new(value, ...) end
    return F.construct(state.ct, ...)
  end
  if state.fn then return F.call(state, ...) end
  local call = given and given.__call
  if call then return call(value, ...) end
  if state.t.k == "pointer" and element(state.t).k == "function" then return F.call_pointer(state, ...) end
  error(format("'%s' is not callable", state.t.n), 2)
end

-- ── arithmetic ───────────────────────────────────────────────────────────────────────────────────────────────────

-- kind ("pointer", "number" or nil), then: pointed type, block, offset; or the number, whether it is an unsigned 64-bit one.
local function operand(value, other)
  local kind = type(value)
  if kind == "number" then return "number", value, false end
  if value == nil and kind == "nil" then return "pointer", nil, nil, 0 end
  if kind == "string" then
    local state = state_of(other)
    local constant = state and state.t and state.t.k == "enum" and state.t.m[value]
    if constant then return "number", constant, false end
    return nil
  end
  local state = state_of(value)
  if state == nil or state.t == nil then return nil end
  local t = state.t
  local k = t.k
  if k == "pointer" or k == "array" then return "pointer", element(t), state.m, state.o end
  if state.v ~= nil and type(state.v) == "number" then return "number", state.v, t.u and t.s == 8 end
  return nil
end

local function whole(value) return F.to_int64(value) end

local function boxed(value, unsigned)
  return F.scalar(unsigned and F.uint64_type or F.int64_type, value)
end

local function pointer_operation(name, ka, ta, ma, oa, kb, tb, mb, ob)
  if ka == "pointer" and kb == "pointer" then
    if name == "eq" then return true, address(ma, oa) == address(mb, ob) end
    if name ~= "sub" and name ~= "lt" and name ~= "le" then return false end
    if ta and tb and not F.compatible(ta, tb, false, true) then return false end
    local a, b = address(ma, oa), address(mb, ob)
    if name == "lt" then return true, math.ult(a, b) end
    if name == "le" then return true, not math.ult(b, a) end
    local size = (ta or tb or {}).s
    if size == nil or size == 0 then return false end
    return true, (a - b) // size
  end
  local t, block, offset, count
  if ka == "pointer" and kb == "number" and (name == "add" or name == "sub") then
    t, block, offset, count = ta, ma, oa, whole(tb)
    if name == "sub" then count = -count end
  elseif kb == "pointer" and ka == "number" and name == "add" then
    t, block, offset, count = tb, mb, ob, whole(ta)
  else
    return false
  end
  if t == nil or t.s == nil then return false end
  return true, F.pointer(F.pointer_to(t), block, offset + count * t.s)
end

local function number_operation(name, a, ua, b, ub)
  local unsigned = ua or ub
  local answer = int64[name](whole(a), whole(b), unsigned)
  if name == "eq" or name == "lt" or name == "le" then return answer end
  return boxed(answer, unsigned)
end

local arithmetic_text = "attempt to perform arithmetic on '%s' and '%s'"
local texts = { lt = "attempt to compare '%s' with '%s'", le = "attempt to compare '%s' with '%s'" }

local function operator(name, event)
  return function(a, b)
    local ka, ta, ma, oa = operand(a, b)
    local kb, tb, mb, ob = operand(b, a)
    if ka and kb then
      if ka == "number" and kb == "number" then return number_operation(name, ta, ma, tb, mb) end
      local done, answer = pointer_operation(name, ka, ta, ma, oa, kb, tb, mb, ob)
      if done then return answer end
    end
    local method = metamethod(a, event)
    if method == nil then method = metamethod(b, event) end
    if method ~= nil then return method(a, b) end
    if name == "le" then
      -- As for tables: `a <= b` is `not (b < a)`.
      method = metamethod(a, "__lt") or metamethod(b, "__lt")
      if method then return not method(b, a) end
    end
    error(format(texts[name] or arithmetic_text, name_of(a), name_of(b)), 2)
  end
end

for name, event in pairs({
  add = "__add", sub = "__sub", mul = "__mul", div = "__div", mod = "__mod", pow = "__pow", lt = "__lt", le = "__le",
}) do
  metatable[event] = operator(name, event)
end

function metatable.__eq(a, b)
  local ka, ta, ma, oa = operand(a, b)
  local kb, tb, mb, ob = operand(b, a)
  if ka == "number" and kb == "number" then return number_operation("eq", ta, ma, tb, mb) end
  if ka == "pointer" and kb == "pointer" then return address(ma, oa) == address(mb, ob) end
  local method = metamethod(a, "__eq") or metamethod(b, "__eq")
  if method then return method(a, b) end
  local sa, sb = state_of(a), state_of(b)
  if sa == nil or sb == nil then return false end
  if sa.ct or sb.ct then return sa.ct ~= nil and sa.ct == sb.ct end
  if sa.v ~= nil and sb.v ~= nil then return sa.v == sb.v end
  if sa.o == nil or sb.o == nil then return false end
  return sa.m == sb.m and sa.o == sb.o
end

function metatable.__unm(a)
  local kind, value, unsigned = operand(a)
  if kind == "number" then return boxed(int64.unm(whole(value)), unsigned) end
  local method = metamethod(a, "__unm")
  if method then return method(a) end
  error(format("attempt to perform arithmetic on '%s'", name_of(a)), 2)
end

function metatable.__concat(a, b)
  local method = metamethod(a, "__concat") or metamethod(b, "__concat")
  if method then return method(a, b) end
  error(format("attempt to concatenate '%s' and '%s'", name_of(a), name_of(b)), 2)
end

function metatable.__len(a)
  local method = metamethod(a, "__len")
  if method then return method(a) end
  error(format("attempt to get length of '%s'", name_of(a)), 2)
end

for _, event in pairs({ "__pairs", "__ipairs" }) do
  metatable[event] = function(a)
    local method = metamethod(a, event)
    if method then return method(a) end
    error(format("'%s' has no '%s' metamethod", name_of(a), event), 2)
  end
end

-- ── text ─────────────────────────────────────────────────────────────────────────────────────────────────────────

local function float_text(value)
  local text = format("%.14g", value)
  return text
end

function metatable.__tostring(value)
  local state = state_of(value)
  if state.ct then return format("ctype<%s>", state.ct.n) end
  local method = metamethod(value, "__tostring")
  if method then return method(value) end
  local t = state.t
  if t.k == "int" and t.s == 8 then
    if t.u then return F.unsigned_text(state.v) .. "ULL" end
    return format("%dLL", state.v)
  end
  if t.k == "complex" then
    local half = F.half(t)
    local real = F.load_float(state.m, state.o, half.s)
    local imaginary = F.load_float(state.m, state.o + half.s, half.s)
    local sign = (imaginary < 0 or 1 / imaginary < 0) and "" or "+"
    return float_text(real) .. sign .. float_text(imaginary) .. "i"
  end
  if t.k == "enum" then return format("cdata<%s>: %d", t.n, state.v) end
  local name = t.n
  if state.ref then name = t.ref_name or F.reference_name(t) end
  if t.k == "pointer" and state.m == nil and state.o == 0 then return format("cdata<%s>: NULL", name) end
  if state.o then return format("cdata<%s>: 0x%08x", name, address(state.m, state.o)) end
  return format("cdata<%s>: %p", name, value)
end

for event, f in next, metatable do F.collected_metatable[event] = f end
