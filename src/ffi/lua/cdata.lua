-- The objects: a cdata is a full userdata whose first user value says what it is and whose second one is what it equals among
-- nil and numbers. Programs see neither.
--   t      type (a table made by host.describe)
--   m, o   memory: the block and the offset of an aggregate, or where a pointer points (no block: `o` is the address)
--   v      value of a number, a boolean or an enum
--   ref    it stands for a part of another object
--   ct     only this: the object is a type
local host, primitives = ...
local ipairs, next, select = ipairs, next, select
local F = primitives.exports.ffi
local newuserdata, getuservalue, raw_metatable = primitives.newuserdata, primitives.debug.getuservalue, primitives.debug.getmetatable
local change_metatable, type, error, format = primitives.debug.setmetatable, type, error, string.format
local setmetatable = primitives.setmetatable

-- Equal to nothing a program can have.
local incomparable = {}
local metatable, collected_metatable = { __metatable = "ffi", __name = "cdata" }, {}
F.metatable, F.collected_metatable = metatable, collected_metatable

local incomplete = {}
local types = setmetatable({}, {
  __index = function(cache, handle)
    local described = host.describe(handle)
    described.h = handle
    cache[handle] = described
    if described.incomplete then incomplete[handle] = described end
    return described
  end,
})
F.types = types

-- After a declaration: what was incomplete may not be any more.
function F.refresh()
  for handle, known in next, incomplete do
    local described = host.describe(handle)
    if not described.incomplete then
      incomplete[handle] = nil
      known.incomplete = nil
      for key, value in next, described do known[key] = value end
    end
  end
end

local function make(state, equal)
  return newuserdata(metatable, state, equal)
end

function F.object(t, block, offset, ref) return make({ t = t, m = block, o = offset, ref = ref }, incomparable) end
function F.scalar(t, value) return make({ t = t, v = value }, t.u and t.s == 8 and value < 0 and F.unsigned_number(value) or value) end
function F.ctype(t) return make({ ct = t }, incomparable) end
function F.callable(t, symbol) return make({ t = t, fn = symbol }, incomparable) end

function F.pointer(t, block, offset)
  local equal = incomparable
  if block == nil and offset == 0 then equal = nil end
  return make({ t = t, m = block, o = offset }, equal)
end

-- The state of a cdata, nil for everything else.
local function state_of(value)
  if type(value) ~= "userdata" then return nil end
  local found = raw_metatable(value)
  if found == metatable or found == collected_metatable then return (getuservalue(value, 1)) end
  return nil
end
F.state_of = state_of

-- What the objects are called in errors.
local function name_of(value)
  local state = state_of(value)
  if state == nil then return type(value) end
  return (state.ct or state.t).n
end
F.name_of = name_of

-- A type argument: text, a type, or a cdata that is an example of it.
local parsed = {}
local function type_argument(value, position)
  if type(value) == "string" then
    local handle = parsed[value]
    if handle == nil then
      local keep
      handle, keep = host.parse(value)
      F.refresh()
      -- An anonymous struct is another type every time.
      if keep then parsed[value] = handle end
    end
    return types[handle]
  end
  local state = state_of(value)
  if state == nil then
    error(format("bad argument #%d to '?' (C type expected, got %s)", position or 1, value == nil and "no value" or type(value)), 3)
  end
  return state.ct or state.t
end
F.type_argument = type_argument

-- Parameters for `$`: types by handle, names, numbers.
function F.parameters(...)
  local list = {}
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    local state = state_of(value)
    if state then
      if state.v and not state.ct then list[i] = state.v else list[i] = { (state.ct or state.t).h } end
    elseif type(value) == "string" or type(value) == "number" then
      list[i] = value
    else
      error(format("bad argument #%d to '?' (C type expected, got %s)", i + 1, type(value)), 3)
    end
  end
  return list
end

function F.pointer_to(t)
  local pointer = t.pointer
  if pointer == nil then
    pointer = types[host.pointer_to(t.h)]
    t.pointer = pointer
  end
  return pointer
end

local function element(t)
  local e = t.element
  if e == nil then
    e = types[t.e]
    t.element = e
  end
  return e
end
F.element = element

-- Without qualifiers.
function F.plain(t) return t.h == t.b and t or types[t.b] end

-- ── members ──────────────────────────────────────────────────────────────────────────────────────────────────────

local function collect(members, t, base, constant)
  for _, member in ipairs(t.f) do
    local of = types[member.h]
    if member.n == nil then
      if of.f then collect(members, of, base + member.o, constant or of.c) end
      if of.x then for name, value in next, of.x do members[name] = members[name] or { x = value } end end
    else
      members[member.n] = members[member.n] or { t = of, o = base + member.o, c = constant or of.c }
    end
  end
end

-- name → { t, o } of a member, or { x } of a constant declared inside.
function F.member(t, name)
  local members = t.members
  if members == nil then
    members = {}
    if t.f then collect(members, t, 0, t.c) end
    if t.x then for key, value in next, t.x do members[key] = { x = value } end end
    t.members = members
  end
  return members[name]
end

-- ── finalisers ───────────────────────────────────────────────────────────────────────────────────────────────────

-- A program's function must not run while memory is collected: no limit could end it there. It waits for the next call of
-- this library.
local waiting, first, last = {}, 1, 0
collected_metatable.__gc = function(value)
  local state = getuservalue(value, 1)
  if state.gc == nil then return end
  last = last + 1
  waiting[last] = value
end

function F.finalise()
  while first <= last do
    local value = waiting[first]
    waiting[first] = nil
    first = first + 1
    local state = getuservalue(value, 1)
    local finaliser = state.gc
    state.gc = nil
    if finaliser ~= nil then finaliser(value) end
  end
end

function F.on_collect(value, finaliser)
  local state = getuservalue(value, 1)
  state.gc = finaliser
  -- Lua looks for `__gc` while it sets the metatable, and marks for one collection: so again, however often.
  if finaliser ~= nil then change_metatable(value, collected_metatable) end
end
