-- The functions of the module `ffi`, and the standard functions that know cdata.
local host, primitives = ...
local string = string
local F = primitives.exports.ffi
local error, type, format, select, tonumber, rawtype = error, type, string.format, select, tonumber, type
local state_of, name_of, element, types, plain = F.state_of, F.name_of, F.element, F.types, F.plain
local argument, to_pointer = F.type_argument, F.to_pointer
local info = host.info()
local ffi = { os = info.os, arch = info.arch }

F.int64_type = types[host.parse("int64_t")]
F.uint64_type = types[host.parse("uint64_t")]
local char_pointer = types[host.parse("const char *")]
local bytes_in = types[host.parse("const void *")]
local bytes_out = types[host.parse("void *")]

function F.reference_name(t)
  t.ref_name = types[host.reference_to(t.h)].n
  return t.ref_name
end

local function bad(position, what) error(format("bad argument #%d to '?' (%s)", position, what), 3) end

local function count_argument(value, position)
  if value == nil then bad(position, "value expected") end
  local state = state_of(value)
  local number = state and state.v or value
  if type(number) ~= "number" then bad(position, format("cannot convert '%s' to 'int'", name_of(value))) end
  return F.to_int64(number)
end

-- ── types ────────────────────────────────────────────────────────────────────────────────────────────────────────

function ffi.cdef(text, ...)
  if type(text) ~= "string" then bad(1, format("string expected, got %s", text == nil and "no value" or type(text))) end
  host.cdef(text, F.parameters(...))
  F.refresh()
end

function ffi.typeof(what, ...)
  if type(what) == "string" and select("#", ...) > 0 then
    local handle = host.parse(what, F.parameters(...))
    F.refresh()
    return F.ctype(types[handle])
  end
  return F.ctype(argument(what))
end

-- Bytes of a type; of a variable one with that many elements. Nil when it is not known.
local function size_of(t, count)
  if t.k == "array" and t.va then return (element(t).s or 0) * count end
  if t.vs then return t.vs + types[t.ve].s * count end
  return t.s
end

local function is_variable(t) return (t.k == "array" and t.va) or t.vs ~= nil end

function ffi.sizeof(what, count)
  local state = state_of(what)
  if state and state.size then return state.size end
  local t = argument(what)
  if t.k == "reference" then t = element(t) end
  if is_variable(t) then
    local elements = count_argument(count, 2)
    if elements < 0 or size_of(t, elements) >= 1 << 31 then return nil end
    return size_of(t, elements)
  end
  return t.s
end

function ffi.alignof(what) return argument(what).a end

function ffi.offsetof(what, name)
  local t = argument(what)
  if type(name) ~= "string" then bad(2, format("string expected, got %s", name == nil and "no value" or type(name))) end
  local member = t.f and F.member(t, name)
  if member and member.o then return member.o end
  return nil
end

function ffi.istype(what, value)
  local t = plain(argument(what))
  local state = state_of(value)
  if state == nil then return false end
  if state.ct then return false end
  local of = plain(state.t)
  if t == of then return true end
  if (t.k == "struct" or t.k == "union") and of.k == "pointer" then return plain(element(of)) == t end
  if t.k == "pointer" and of.k == "pointer" then
    local a, b = plain(element(t)), plain(element(of))
    if a.k == "void" or b.k == "void" then return a == b end
    return F.compatible(a, b, false, true)
  end
  return false
end

function ffi.metatype(what, given)
  local t = argument(what)
  if t.k ~= "struct" and t.k ~= "union" and t.k ~= "complex" and t.k ~= "vector" then bad(1, "invalid C type") end
  if type(given) ~= "table" then bad(2, format("table expected, got %s", given == nil and "no value" or type(given))) end
  if F.metatypes[t.b] then error("cannot change a protected metatable", 2) end
  F.metatypes[t.b] = given
  return F.ctype(t)
end

-- ── objects ──────────────────────────────────────────────────────────────────────────────────────────────────────

function F.construct(t, ...)
  F.finalise()
  local k = t.k
  if k == "reference" then
    t = element(t)
    k = t.k
  end
  local first = 1
  local size
  if is_variable(t) then
    local elements = count_argument((...), 2)
    size = elements >= 0 and size_of(t, elements)
    if not size or size >= 1 << 31 then bad(1, "size of C type is unknown or too large") end
    first = 2
  else
    size = t.s
    if size == nil then bad(1, "size of C type is unknown or too large") end
  end
  local count = select("#", ...) - first + 1
  if count < 0 then count = 0 end
  if k == "int" or k == "float" or k == "bool" or k == "enum" or k == "pointer" then
    if count > 1 then error(format("too many initializers for '%s'", t.n), 2) end
    if k == "pointer" then
      if count == 0 then return F.pointer(plain(t), nil, 0) end
      return F.pointer(plain(t), to_pointer(t, (select(first, ...))))
    end
    if count == 0 then return F.scalar(plain(t), k == "bool" and false or k == "float" and 0.0 or 0) end
    return F.scalar(plain(t), F.to_scalar(t, (select(first, ...))))
  end
  local block = F.block(size)
  F.initialise(t, block, size, count, select(first, ...))
  local made = F.object(t, block, 0)
  if first == 2 then state_of(made).size = size end
  local given = F.metatypes[t.b]
  if given and given.__gc then F.on_collect(made, given.__gc) end
  return made
end

function ffi.new(what, ...) return F.construct(argument(what), ...) end

function ffi.cast(what, value)
  F.finalise()
  local t = argument(what)
  local k = t.k
  if k == "pointer" then return F.pointer(plain(t), to_pointer(t, value, true)) end
  if k == "int" or k == "float" or k == "bool" or k == "enum" then return F.scalar(plain(t), F.to_scalar(t, value, true)) end
  if k == "complex" then return F.construct(t, value) end
  bad(1, "invalid C type")
end

function ffi.gc(value, finaliser)
  F.finalise()
  local state = state_of(value)
  local k = state and state.t and state.t.k
  if k ~= "pointer" and k ~= "array" and k ~= "struct" and k ~= "union" then
    bad(1, format("cdata expected, got %s", name_of(value)))
  end
  F.on_collect(value, finaliser)
  return value
end

-- ── memory ───────────────────────────────────────────────────────────────────────────────────────────────────────

local function source(value, position)
  if value == nil then bad(position, "value expected") end
  local block, offset = to_pointer(bytes_in, value)
  if block == nil then F.no_memory(offset) end
  return block, offset
end

local function target(value, position)
  if value == nil then bad(position, "value expected") end
  local block, offset = to_pointer(bytes_out, value)
  if block == nil then F.no_memory(offset) end
  return block, offset
end

function ffi.string(value, length)
  if rawtype(value) == "string" then return value end
  if length ~= nil then
    local block, offset = source(value, 1)
    return F.read_bytes(block, offset, count_argument(length, 2))
  end
  local state = state_of(value)
  local t = state and state.t
  if t == nil or (t.k ~= "pointer" and t.k ~= "array") then error(format("cannot convert '%s' to '%s'", name_of(value), char_pointer.n), 2) end
  local of = element(t)
  if of.k ~= "void" and not (of.k == "int" and of.s == 1) then error(format("cannot convert '%s' to '%s'", t.n, char_pointer.n), 2) end
  local block, offset = state.m, state.o
  if block == nil then F.no_memory(offset) end
  -- An array ends where it ends.
  local most = t.k == "array" and (state.size or t.s)
  if most and not block.remote then
    local text = F.read_bytes(block, offset, most)
    return string.match(text, "^[^%z]*")
  end
  return F.read_bytes(block, offset, F.text_length(block, offset))
end

function ffi.copy(to, from, length)
  local block, offset = target(to, 1)
  if length == nil then
    if rawtype(from) ~= "string" then bad(from == nil and 2 or 3, "value expected") end
    return F.write_bytes(block, offset, from .. "\0")
  end
  local size = count_argument(length, 3)
  if rawtype(from) == "string" then
    if size > #from + 1 then error(format("attempt to access %d bytes of a string of %d", size, #from), 2) end
    return F.write_bytes(block, offset, string.sub(from .. "\0", 1, size))
  end
  local from_block, from_offset = source(from, 2)
  F.write_bytes(block, offset, F.read_bytes(from_block, from_offset, size))
end

function ffi.fill(to, length, value)
  local block, offset = target(to, 1)
  F.fill_bytes(block, offset, count_argument(length, 2), value == nil and 0 or count_argument(value, 3))
end

-- ── the rest ─────────────────────────────────────────────────────────────────────────────────────────────────────

local abis = { ["64bit"] = true, le = true, fpu = true, gc64 = true, win = info.os == "Windows" }
function ffi.abi(name)
  if rawtype(name) ~= "string" then bad(1, format("string expected, got %s", name == nil and "no value" or rawtype(name))) end
  return abis[name] == true
end

F.errno = 0
function ffi.errno(new)
  local old = F.errno
  if new ~= nil then F.errno = count_argument(new, 1) end
  return old
end

F.library = ffi
