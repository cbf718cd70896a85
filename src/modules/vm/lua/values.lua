-- Values that are more than data, on their way between Lua and the host: objects of the host are userdata here and
-- numbers there, errors are facts. What stands for one is a table with a secret key that no program can know.
local host, primitives = ...
local setmetatable, newuserdata = primitives.setmetatable, primitives.newuserdata
local kit = primitives.exports.modules
local secret, type, next, error, pcall, rawget, rawset, select = kit.secret, type, next, error, pcall, rawget, rawset, select
local pack, unpack, format, math_type = table.pack, table.unpack, string.format, math.type
local rawequal, rawlen = rawequal, rawlen

-- userdata → number; number → userdata, while somebody holds it.
local ids = setmetatable({}, { __mode = "k" })
local objects = setmetatable({}, { __mode = "v" })
local metatables, method_tables = {}, {}
kit.ids = ids

local function dispose(self)
  local id = ids[self]
  ids[self] = nil
  if id then host.dispose(id) end
end

-- What a type does when a value of it goes comes before the host disposes of the object, once.
local function parting(f)
  if not f then return dispose end
  return function(self, ...)
    if not ids[self] then return end
    local ok, mistake = pcall(f, self, ...)
    dispose(self)
    if not ok then error(mistake, 0) end
  end
end

-- The metatable of a type: `methods` and `metamethods` are finished functions.
function kit.define_type(name, methods, metamethods)
  local metatable = { __name = name, __metatable = false }
  for key, f in next, metamethods do metatable[key] = f end
  metatable.__gc, metatable.__close = parting(metamethods.__gc), parting(metamethods.__close)
  local computed = metamethods.__index
  metatable.__index = computed and function(self, key)
    local method = methods[key]
    if method ~= nil then return method end
    return computed(self, key)
  end or methods
  if not metatable.__tostring then
    metatable.__tostring = function(self) return format("%s: %s", name, ids[self] or "released") end
  end
  method_tables[name] = methods
  metatables[name] = metatable
end

-- For a Lua half: methods beside those of the host.
function kit.add_methods(name, added)
  local methods = method_tables[name]
  for key, f in next, added do methods[key] = f end
end

local function object(name, id)
  local known = objects[id]
  if known then return known end
  local made = newuserdata(metatables[name])
  ids[made] = id
  objects[id] = made
  return made
end

-- A null that is not nil.
kit.null = newuserdata({ __name = "null", __metatable = false, __tostring = function() return "null" end })

-- From the host: replaces what stands for something, in place.
local function revive(value)
  if type(value) ~= "table" then return value end
  local what = rawget(value, secret)
  if what == "object" then return object(value.type, value.id) end
  if what == "error" then return kit.new_error(value.message, value.kind, value.retryable, value.details) end
  if what == "immutable" then return kit.immutable(revive(value.value), value.name) end
  if what == "null" then return kit.null end
  if what == "channel" then return kit.feed_channel(value.id, value.size) end
  for key, member in next, value do
    if type(member) == "table" then rawset(value, key, revive(member)) end
  end
  return value
end

local function revive_all(...)
  local n = select("#", ...)
  if n == 1 then return revive((...)) end
  local values = pack(...)
  for i = 1, n do values[i] = revive(values[i]) end
  return unpack(values, 1, n)
end

kit.revive_all = revive_all

-- To the host: copies tables that hold such values.
local function wire(value, seen)
  local kind = type(value)
  if kind == "userdata" then
    local id = ids[value]
    if id then return { [secret] = "object", id = id } end
    if rawequal(value, kit.null) then return { [secret] = "null" } end
    local fact = kit.error_facts(value)
    if fact then
      return {
        [secret] = "error", message = kit.error_text(fact), kind = fact.kind, retryable = fact.retryable, details = fact.details,
      }
    end
    return value
  end
  if kind ~= "table" then return value end
  if seen[value] then return value end
  seen[value] = true
  local out = {}
  for key, member in next, kit.behind(value) do out[key] = wire(member, seen) end
  seen[value] = nil
  return out
end

function kit.wire_all(...)
  local values = pack(...)
  for i = 1, values.n do values[i] = wire(values[i], {}) end
  return unpack(values, 1, values.n)
end

local function type_name(value)
  if value == nil then return "nil" end
  local metatable = type(value) == "userdata" and primitives.debug.getmetatable(value)
  return metatable and type(metatable.__name) == "string" and metatable.__name or type(value)
end

-- An argument that has to be an object: its number, nil, or the name of what it is instead.
function kit.reference(value)
  if value == nil then return nil end
  -- The second attempt passes what stands for it.
  if type(value) == "table" and rawget(value, secret) == "object" then return value.id end
  return ids[value] or type_name(value)
end

-- What a host function answered. The secret in front says that it is not just values.
local function finish(...)
  local first, code = ...
  if first ~= secret then return ... end
  if code == "values" then return revive_all(select(3, ...)) end
  error((select(3, ...)), 2)
end
kit.finish = finish

-- The same for a function that is called without anything of ours around it.
function kit.through(_, code, ...)
  if code == "values" then return revive_all(...) end
  error((...), 3)
end

-- The second attempt, with what stands for userdata.
local function finish_packed(...)
  local first, code, text = ...
  if first == secret and code == "pack" then error(text, 2) end
  return finish(...)
end

kit.pack_next = host.packed

local function again(f, ...)
  host.packed()
  return finish_packed(f(kit.wire_all(...)))
end

local function settle(f, n, a, b, c, ...)
  local first, code = ...
  if first ~= secret then return ... end
  if code ~= "pack" then return finish(...) end
  return again(f, unpack({ a, b, c }, 1, n))
end

-- A metamethod: what stands for its operands is passed at once.
function kit.operator(f)
  return function(...)
    host.packed()
    return finish(f(kit.wire_all(...)))
  end
end

-- A list is a table with keys 1..n and no others; any other one has members, whose names are texts (host-modules.md §4.1).
-- What reads tables takes one with keys 1..n and more for a list, so here it gets a table of members. Copies nothing else.
-- `known`: what became of tables met before; cycles and tables that are held many times would be walked without end.
local function shaped(value, depth, known)
  if type(value) ~= "table" or depth > 200 then return value end
  if known[value] then return known[value] end
  known[value] = value
  local content, copy = kit.behind(value), nil
  if rawequal(content, value) then
    -- What a metatable makes of it, its reader finds out.
    if primitives.debug.getmetatable(value) then return value end
  else
    copy = {}
    for key, member in next, content do copy[key] = member end
  end
  local length, members = rawlen(content), false
  for key, member in next, content do
    if length > 0 and not (math_type(key) == "integer" and key >= 1 and key <= length) then members = true end
    if type(member) == "table" then
      local inner = shaped(member, depth + 1, known)
      if not rawequal(inner, member) then
        if not copy then
          copy = {}
          for name, each in next, content do copy[name] = each end
        end
        copy[key] = inner
      end
    end
  end
  if not members then
    known[value] = copy or value
    return known[value]
  end
  local named = {}
  for key, member in next, copy or content do
    named[math_type(key) == "integer" and format("%d", key) or key] = member
  end
  known[value] = named
  return named
end

local function all_shaped(...)
  local values, known = pack(...), {}
  for i = 1, values.n do values[i] = shaped(values[i], 1, known) end
  return unpack(values, 1, values.n)
end

-- A host function for Lua. `loose`: it takes tables or anything, in which userdata may hide; `count` arguments at most.
function kit.checked(f, loose, count)
  if not loose then
    return function(...) return finish(f(...)) end
  end
  if count <= 3 then
    return function(...)
      local n, a, b, c = select("#", ...), ...
      if n > 3 then n = 3 end
      if type(a) ~= "table" and type(b) ~= "table" and type(c) ~= "table" then return settle(f, n, a, b, c, f(...)) end
      a, b, c = all_shaped(a, b, c)
      return settle(f, n, a, b, c, f(unpack({ a, b, c }, 1, n)))
    end
  end
  local function call(...)
    local arguments = pack(...)
    local function settle_many(...)
      local first, code = ...
      if first ~= secret then return ... end
      if code ~= "pack" then return finish(...) end
      return again(f, unpack(arguments, 1, arguments.n))
    end
    return settle_many(f(...))
  end
  return function(...)
    -- Nothing is given, so nothing has to be packed.
    if select("#", ...) == 0 then return finish(f()) end
    return call(all_shaped(...))
  end
end
