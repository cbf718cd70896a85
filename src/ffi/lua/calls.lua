-- Libraries: `ffi.C`, `ffi.load`, and calls of their functions, which the native bridge carries out.
local host, primitives = ...
local next, string, unpack = next, string, table.unpack
local F = primitives.exports.ffi
local error, format, type, select = error, string.format, type, select
local newuserdata, getuservalue, setmetatable = primitives.newuserdata, primitives.debug.getuservalue, primitives.setmetatable
local types, element, state_of = F.types, F.element, F.state_of
local ffi = F.library

local function callable(library, symbol)
  local known = library.known[symbol.name]
  if known == nil then
    local t = types[symbol.h]
    if t.k ~= "function" then error(format("variables of libraries are not supported: '%s' is one", symbol.name), 3) end
    host.resolve(library.id, symbol.symbol)
    known = F.callable(t, { library = library.id, name = symbol.symbol })
    library.known[symbol.name] = known
  end
  return known
end

local namespace = { __metatable = "ffi" }
function namespace.__index(object, name)
  if type(name) ~= "string" then error(format("bad argument #2 to '__index' (string expected, got %s)", type(name)), 2) end
  local symbol = host.symbol(name)
  if symbol == nil then error(format("missing declaration for symbol '%s'", name), 2) end
  if symbol.v ~= nil then return symbol.v end
  return callable(getuservalue(object, 1), symbol)
end
function namespace.__newindex(_, name)
  if host.symbol(name) == nil then error(format("missing declaration for symbol '%s'", name), 2) end
  error("attempt to write to constant location", 2)
end

local function library(id) return newuserdata(namespace, { id = id, known = {} }) end

ffi.C = library(0)
function ffi.load(name, global)
  if type(name) ~= "string" then
    error(format("bad argument #1 to 'load' (string expected, got %s)", name == nil and "no value" or type(name)), 2)
  end
  return library(host.open(name, global == true))
end

-- ── memory the bridge and Lua share ──────────────────────────────────────────────────────────────────────────────

-- A block that was passed to C has a twin there. It lives until Lua collects the block: C may have kept its address.
local twins, gone, last = setmetatable({}, { __mode = "v" }), {}, 0
local released = {}
function released.__gc(mark) gone[#gone + 1] = getuservalue(mark, 1) end

local function twin(block)
  local id = block.twin
  if id == nil then
    last = last + 1
    id = last
    block.twin = id
    block.mark = newuserdata(released, id)
    twins[id] = block
  end
  return id
end

-- Adds a block and all that its pointers lead to.
local function gather(sent, block)
  local id = twin(block)
  if sent.list == nil then sent.list, sent.seen = {}, {} end
  if sent.seen[id] then return id end
  local one = { id = id, constant = block.constant }
  sent.seen[id] = true
  sent.list[#sent.list + 1] = one
  local links = {}
  if block.kept then
    for at, target in next, block.kept do
      if not target.remote then
        local _, offset = F.locate(F.load_bits(block, at, 8))
        links[#links + 1] = { at, gather(sent, target), offset }
      end
    end
  end
  one.bytes, one.links = F.read_bytes(block, 0, block.n), links
  return id
end

local function take_back(blocks)
  for _, one in next, blocks do
    local block = twins[one.id]
    F.write_bytes(block, 0, one.bytes)
    for _, link in next, one.links do
      local target = twins[link[2]]
      if target then
        F.store_bits(block, link[1], 8, F.address(target, link[3]))
        block.kept = block.kept or {}
        block.kept[link[1]] = target
      end
    end
  end
end

-- ── calls ────────────────────────────────────────────────────────────────────────────────────────────────────────

local function pointer_value(sent, block, offset)
  if block == nil then return { a = offset } end
  if block.remote then return { a = F.address(block, offset) } end
  return { b = gather(sent, block), o = offset }
end

-- The value of a fixed parameter: a number, or a table for what is none.
local function passed(sent, t, value)
  local k = t.k
  if k == "pointer" or k == "reference" then return pointer_value(sent, F.to_pointer(t, value)) end
  if k == "int" or k == "enum" or k == "float" or k == "bool" then
    local number = F.to_scalar(t, value)
    if k == "bool" then return number and 1 or 0 end
    return number
  end
  local block = F.block(t.s)
  F.to_c(t, block, 0, value)
  return { s = F.read_bytes(block, 0, t.s) }
end

local double, any_pointer
-- The value of an argument behind `...`: its own type, a double, or text.
local function passed_variadic(sent, value)
  double = double or types[host.parse("double")]
  any_pointer = any_pointer or types[host.parse("const void *")]
  local kind = type(value)
  if kind == "number" then return { t = double.h, n = value * 1.0 } end
  if kind == "boolean" then return { t = types[host.parse("int")].h, n = value and 1 or 0 } end
  local state = state_of(value)
  if state and type(state.v) == "number" then
    local t = state.t
    if t.k == "float" then return { t = double.h, n = state.v * 1.0 } end
    return { t = t.h, n = state.v }
  end
  local sent_value = pointer_value(sent, F.to_pointer(any_pointer, value))
  sent_value.t = any_pointer.h
  return sent_value
end

local function returned(t, value)
  local k = t.k
  if k == "void" then return end
  if k == "bool" then return value ~= 0 end
  if k == "int" and t.s < 8 then return F.narrow(t, F.to_int64(value)) end
  if k == "int" or k == "enum" then return F.scalar(F.plain(t), F.narrow(t, F.to_int64(value))) end
  if k == "float" then return value * 1.0 end
  if k == "pointer" then
    if value.b then
      local block = twins[value.b]
      if block then return F.pointer(F.plain(t), block, value.o) end
    end
    return F.pointer(F.plain(t), F.locate(F.to_int64(value.a)))
  end
  local block = F.block(t.s)
  F.write_bytes(block, 0, value.s)
  return F.object(F.plain(t), block, 0)
end

function F.call(state, ...)
  F.finalise()
  local t, fn = state.t, state.fn
  local wanted, count = #t.p, select("#", ...)
  if count < wanted or (count > wanted and not t.variadic) then
    error(format("wrong number of arguments for function call: '%s' takes %d, got %d", fn.name, wanted, count), 3)
  end
  local sent, arguments, given = {}, {}, { ... }
  for i = 1, count do
    if i <= wanted then arguments[i] = passed(sent, types[t.p[i]], given[i])
    else arguments[i] = passed_variadic(sent, given[i]) end
  end
  local freed
  if gone[1] then freed, gone = gone, {} end
  local errno, value, blocks =
    host.call(fn.library, fn.name, t.h, F.errno, sent.list, freed, unpack(arguments, 1, count))
  F.errno = errno
  if blocks then take_back(blocks) end
  return returned(types[t.r], value)
end

function F.call_pointer(state)
  error(format("a function behind a pointer cannot be called: '%s'. Call functions by their declared name", state.t.n), 3)
end

-- ── memory of C itself ───────────────────────────────────────────────────────────────────────────────────────────

local native = {}
function native.load(block, at, size)
  return (string.unpack("<i8", host.read(block.address + at, size) .. string.rep("\0", 8 - size)))
end
function native.store(block, at, size, value) host.write(block.address + at, string.sub(string.pack("<i8", value), 1, size)) end
function native.read(block, at, size) return host.read(block.address + at, size) end
function native.write(block, at, text) host.write(block.address + at, text) end
function native.length(block, at) return host.length(block.address + at) end

if host.has_bridge() then
  function F.native_block(address)
    return {
      n = 1 << 31, remote = true, address = address,
      load = native.load, store = native.store, read = native.read, write = native.write, length = native.length,
    }
  end
end

primitives.exports.bundled.ffi = ffi
