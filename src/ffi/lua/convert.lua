-- Values of Lua into C memory and back.
local _, primitives = ...
local string = string
local F = primitives.exports.ffi
local error, type, format, ipairs, setmetatable = error, type, string.format, ipairs, setmetatable
local load_bits, store_bits, load_float, store_float = F.load_bits, F.store_bits, F.load_float, F.store_float
local state_of, name_of, element, to_int64 = F.state_of, F.name_of, F.element, F.to_int64
local sign_bits = { 1 << 7, 1 << 15, [4] = 1 << 31 }
local masks = { (1 << 8) - 1, (1 << 16) - 1, [4] = (1 << 32) - 1 }

local function cannot_convert(value, t)
  error(format("cannot convert '%s' to '%s'", name_of(value), t.n), 0)
end

-- An integer of 64 bits as one of the type's width and sign.
local function narrow(t, value)
  local size = t.s
  if size == 8 then return value end
  value = value & masks[size]
  local sign = sign_bits[size]
  if not t.u and value & sign ~= 0 then value = value - (sign << 1) end
  return value
end
F.narrow = narrow

-- ── from C ───────────────────────────────────────────────────────────────────────────────────────────────────────

local function no_memory(offset)
  if offset == 0 then error("attempt to access memory through a NULL pointer", 0) end
  error(format("attempt to access memory at 0x%x, which is not (or no longer) memory of this program", offset), 0)
end
F.no_memory = no_memory

function F.from_c(t, block, offset, constant)
  if block == nil then no_memory(offset) end
  local k, size = t.k, t.s
  if k == "int" then
    local bits = load_bits(block, offset, size)
    if size == 8 then return F.scalar(F.plain(t), bits) end
    local sign = sign_bits[size]
    if not t.u and bits & sign ~= 0 then return bits - (sign << 1) end
    return bits
  elseif k == "pointer" then
    return F.pointer(F.plain(t), F.locate(load_bits(block, offset, 8)))
  elseif k == "float" then
    if size == 16 then error("long double is not supported: no conversion to a Lua number", 0) end
    return load_float(block, offset, size)
  elseif k == "bool" then
    return load_bits(block, offset, size) ~= 0
  elseif k == "enum" then
    return F.scalar(F.plain(t), narrow(t, load_bits(block, offset, 4)))
  elseif k == "complex" then
    local copy = F.block(size)
    F.write_bytes(copy, 0, F.read_bytes(block, offset, size))
    return F.object(F.plain(t), copy, 0)
  elseif k == "reference" then
    local to = element(t)
    local target, at = F.locate(load_bits(block, offset, 8))
    return F.from_c(to, target, at)
  elseif k == "function" then
    error("a function pointer of C cannot be read as a function; cast it to void *", 0)
  end
  local found = F.object(t, block, offset, true)
  if constant then state_of(found).c = true end
  return found
end

-- ── into C ───────────────────────────────────────────────────────────────────────────────────────────────────────

local function same_kind(d, s) return d.k == s.k and d.s == s.s end

-- Whether a pointer to `s` may stand where one to `d` is wanted. `exact`: below another pointer, where nothing may differ.
local function compatible(d, s, exact, ignore_qualifiers)
  local dc, sc = d.c or false, s.c or false
  d, s = F.plain(d), F.plain(s)
  if d == s and not exact then return ignore_qualifiers or dc or not sc end
  if exact then
    if dc ~= sc then return false end
  else
    if not ignore_qualifiers and sc and not dc then return false end
    if d.k == "void" or s.k == "void" then return true end
  end
  if not same_kind(d, s) then
    -- Integers and enums of one size are alike.
    local integers = (d.k == "int" or d.k == "enum") and (s.k == "int" or s.k == "enum") and d.s == s.s
    if not integers then return false end
  end
  if d.k == "pointer" or d.k == "array" then return compatible(element(d), element(s), true) end
  if d.k == "struct" or d.k == "union" or d.k == "function" then return d == s end
  return true
end
F.compatible = compatible

-- Block and offset a cdata gives as a pointer to `to` (nil when it is none). `cast`: whatever it points to.
local function pointed(state, to, cast, ignore_qualifiers)
  local t = state.t
  if t == nil then return false end
  local k = t.k
  local of
  if k == "pointer" or k == "array" or k == "vector" then of = element(t)
  elseif k == "struct" or k == "union" or k == "function" then of = t
  else return false end
  if k == "array" and t.c and not of.c then of = setmetatable({ c = true }, { __index = of }) end
  if not cast and not compatible(to, of, false, ignore_qualifiers) then return false end
  return true, state.m, state.o
end

-- Where a value points when a pointer type `t` is wanted: block and offset.
local function to_pointer(t, value, cast)
  local to = element(t)
  if value == nil then return nil, 0 end
  local kind = type(value)
  if kind == "string" then
    local plain = F.plain(to)
    local fits = plain.k == "void" or ((plain.k == "int") and plain.s == 1)
    if fits and (to.c or cast) then return F.text_block(value), 0 end
    if cast then return F.text_block(value), 0 end
  elseif kind == "function" then
    if to.k == "function" or cast then
      error("callbacks are not supported: a C function cannot call a Lua function of this sandbox. Use an API that is asked for results instead", 0)
    end
  elseif kind == "number" then
    if cast then return F.locate(to_int64(value)) end
  else
    local state = state_of(value)
    if state then
      local ok, block, offset = pointed(state, to, cast)
      if ok then
        if state.fn then error("a function of a library cannot be passed as a pointer: callbacks are not supported", 0) end
        return block, offset
      end
      if cast and state.v and type(state.v) == "number" then return F.locate(to_int64(state.v)) end
    end
  end
  cannot_convert(value, t)
end
F.to_pointer = to_pointer

-- Any number: of Lua, boolean, cdata. `t` is what it becomes.
local function to_number(t, value, cast)
  local kind = type(value)
  if kind == "number" then return value end
  if kind == "boolean" then return value and 1 or 0 end
  if kind == "string" and t.k == "enum" then
    local constant = t.m[value]
    if constant then return constant end
  end
  local state = state_of(value)
  if state and state.t then
    local from = state.t
    if state.v ~= nil then
      if type(state.v) == "boolean" then return state.v and 1 or 0 end
      if t.k == "float" and from.u and from.s == 8 then return F.unsigned_number(state.v) end
      return state.v
    end
    if from.k == "complex" then return load_float(state.m, state.o, from.s // 2) end
    if cast and (from.k == "pointer" or from.k == "array" or from.k == "struct") then return F.address(state.m, state.o) end
  end
  if cast and kind == "string" then return F.address(F.text_block(value), 0) end
  cannot_convert(value, t)
end

-- The value of a scalar type: what its object holds.
function F.to_scalar(t, value, cast)
  local k = t.k
  if k == "int" or k == "enum" then return narrow(t, to_int64(to_number(t, value, cast))) end
  if k == "bool" then
    if type(value) == "boolean" then return value end
    return to_number(t, value, cast) ~= 0
  end
  if k == "float" then
    if t.s == 16 then error("long double is not supported: no conversion from a Lua number", 0) end
    local number = to_number(t, value, cast) + 0.0
    if t.s == 4 then return (string.unpack("<f", string.pack("<f", number))) end
    return number
  end
  cannot_convert(value, t)
end

-- What a stored pointer leads to lives as long as the memory it stands in. (In LuaJIT the program has to see to that, but there
-- a string is its own memory.)
local function keep(block, offset, target)
  local kept = block.kept
  if kept then kept[offset] = target
  elseif target then block.kept = { [offset] = target } end
end

local to_c

local function copy_aggregate(t, block, offset, value)
  local state = state_of(value)
  if state == nil or state.t == nil then return false end
  local from = state.t
  local same = F.plain(from) == F.plain(t)
  if not same and t.k == "array" and from.k == "array" then
    same = t.l == from.l and compatible(element(t), element(from), true, true)
  end
  if not same and t.k == "complex" and (from.k == "complex" or state.v ~= nil) then return false end
  if not same then return false end
  local size = state.m and (state.size or from.s)
  if size == nil or state.m == nil then return false end
  F.write_bytes(block, offset, F.read_bytes(state.m, state.o, size))
  return true
end

-- Fills what a table gives for an array of `size` bytes (nil: as many as there are).
local function array_from_table(t, block, offset, values, size)
  local of = element(t)
  local each = of.s
  local i, at = 0, 0
  if values[0] == nil then i = 1 end
  while true do
    local value = values[i]
    if value == nil then break end
    if size and at >= size then error(format("too many initializers for '%s'", t.n), 0) end
    to_c(of, block, offset + at, value)
    i, at = i + 1, at + each
  end
  if size and at == each and size > each then F.repeat_first(block, offset, each, size) end
end

function F.repeat_first(block, offset, each, size)
  local first = F.read_bytes(block, offset, each)
  if first == string.rep("\0", each) then return end
  F.write_bytes(block, offset, string.rep(first, size // each))
end

-- Members by position (`state.i` ≥ 0) or by name.
local function record_from_table(t, block, offset, values, walk)
  for _, member in ipairs(t.f) do
    local of = F.types[member.h]
    if member.n == nil then
      if of.f then record_from_table(of, block, offset + member.o, values, walk) end
      if of.f and t.k == "union" then return end
    else
      local value
      if walk.i then
        value = values[walk.i]
        if value == nil then return end
        walk.i = walk.i + 1
      else
        value = values[member.n]
      end
      if value ~= nil then
        to_c(of, block, offset + member.o, value)
        if t.k == "union" then return end
      end
    end
  end
end

local function record_from_list(t, block, offset, values, walk)
  for _, member in ipairs(t.f) do
    local of = F.types[member.h]
    if member.n == nil then
      if of.f then record_from_list(of, block, offset + member.o, values, walk) end
    else
      if walk.i > walk.n then return end
      to_c(of, block, offset + member.o, values[walk.i])
      walk.i = walk.i + 1
    end
    if t.k == "union" and (member.n or of.f) then return end
  end
end

-- Index of the first positional member; nil: by name.
local function values_start(values)
  if values[0] ~= nil then return 0 end
  if values[1] ~= nil then return 1 end
  return nil
end

to_c = function(t, block, offset, value, size)
  if block == nil then no_memory(offset) end
  local k = t.k
  if k == "int" then
    return store_bits(block, offset, t.s, to_int64(to_number(t, value)))
  elseif k == "float" then
    return store_float(block, offset, t.s, F.to_scalar(t, value))
  elseif k == "pointer" or k == "reference" then
    local target, at = to_pointer(t, value)
    keep(block, offset, target)
    return store_bits(block, offset, 8, F.address(target, at))
  elseif k == "bool" then
    return store_bits(block, offset, t.s, F.to_scalar(t, value) and 1 or 0)
  elseif k == "enum" then
    return store_bits(block, offset, 4, F.to_scalar(t, value))
  elseif k == "array" or k == "vector" then
    local length = size or t.s
    if type(value) == "table" then return array_from_table(t, block, offset, value, length) end
    if type(value) == "string" and element(t).k == "int" and element(t).s == 1 then
      local text = value .. "\0"
      if length and #text > length then text = string.sub(text, 1, length) end
      return F.write_bytes(block, offset, text)
    end
    if copy_aggregate(t, block, offset, value) then return end
  elseif k == "struct" or k == "union" then
    if type(value) == "table" then
      local walk = { i = values_start(value) }
      return record_from_table(t, block, offset, value, walk)
    end
    if copy_aggregate(t, block, offset, value) then return end
  elseif k == "complex" then
    if copy_aggregate(t, block, offset, value) then return end
    local half = t.s // 2
    local state = state_of(value)
    local imaginary = 0.0
    local real
    if type(value) == "table" then
      real, imaginary = value[1] or value[0], value[2] or 0.0
    elseif state and state.t and state.t.k == "complex" then
      real, imaginary = load_float(state.m, state.o, state.t.s // 2), load_float(state.m, state.o + state.t.s // 2, state.t.s // 2)
    else
      real = to_number(t, value)
    end
    store_float(block, offset, half, real + 0.0)
    return store_float(block, offset + half, half, imaginary + 0.0)
  end
  cannot_convert(value, t)
end
F.to_c = function(...) return to_c(...) end

-- ── initialisers of ffi.new ──────────────────────────────────────────────────────────────────────────────────────

local function takes_whole(t, value)
  local k = t.k
  if k ~= "array" and k ~= "struct" and k ~= "union" and k ~= "vector" then return true end
  local kind = type(value)
  if kind == "table" or (kind == "string" and k == "array" and element(t).s == 1) then return true end
  local state = state_of(value)
  return state ~= nil and state.t ~= nil and F.plain(state.t) == F.plain(t)
end

function F.initialise(t, block, size, count, ...)
  if count == 0 then return end
  local k = t.k
  if count == 1 and takes_whole(t, (...)) then return to_c(t, block, 0, (...), k == "array" and size or nil) end
  if k == "array" or k == "vector" or k == "complex" then
    local of = k == "complex" and { k = "float", s = t.s // 2, n = "double" } or element(t)
    local each = of.s
    if count * each > size then error(format("too many initializers for '%s'", t.n), 0) end
    local values = { ... }
    for i = 1, count do to_c(of, block, (i - 1) * each, values[i]) end
    if count == 1 and size > each and k ~= "complex" then F.repeat_first(block, 0, each, size) end
    return
  end
  if k == "struct" or k == "union" then
    local walk = { i = 1, n = count }
    record_from_list(t, block, 0, { ... }, walk)
    if walk.i > count then return end
  end
  error(format("too many initializers for '%s'", t.n), 0)
end
