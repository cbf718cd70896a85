-- How modules come into being in a VM: functions of the host made callable, export tables, `require`, and the bracket around
-- the main function of a run.
local host, primitives = ...
local exports = primitives.exports
local kit, loaded, preload = exports.modules, exports.loaded, exports.preload
local type, error, pairs, next, pcall, xpcall, select = type, error, pairs, next, pcall, xpcall, select
local pack, unpack, traceback = table.pack, table.unpack, debug.traceback
local secret, reference = kit.secret, kit.reference

-- ── functions ────────────────────────────────────────────────────────────────────────────────────────────────────

local answer = kit.waits(host.answer, host.start_answer)

-- A function whose handler calls functions it was given: Lua goes back and forth between the two, and no frame of the host
-- lies between.
local function calling_back(f, positions)
  return function(...)
    local arguments, functions = pack(...), {}
    for i = 1, #positions do
      local at = positions[i]
      local given = arguments[at]
      if type(given) == "function" then
        functions[at] = given
        arguments[at] = at
      elseif given ~= nil then
        arguments[at] = type(given)
      end
    end
    local function on(...)
      local first, code, ticket, at = ...
      if first ~= secret or code ~= "invoke" then return ... end
      return on(answer(ticket, kit.wire_all(pcall(functions[at], kit.revive_all(select(5, ...))))))
    end
    return on(f(unpack(arguments, 1, arguments.n)))
  end
end

-- The same for one that reads its arguments itself: where functions may stand is not known before.
local function calling_any_back(f)
  return function(...)
    local arguments, functions, n = pack(...), nil, select("#", ...)
    for at = 1, n do
      local given = arguments[at]
      if type(given) == "function" then
        functions = functions or {}
        functions[at] = given
        arguments[at] = { [secret] = "function", id = at }
      end
    end
    if not functions then return f(...) end
    local function on(...)
      local first, code, ticket, at = ...
      if first ~= secret or code ~= "invoke" then return ... end
      return on(answer(ticket, kit.wire_all(pcall(functions[at], kit.revive_all(select(5, ...))))))
    end
    kit.pack_next()
    return on(f(kit.wire_all(unpack(arguments, 1, n))))
  end
end

local function with_references(f, positions)
  if #positions == 1 and positions[1] == 1 then
    return function(...)
      if select("#", ...) == 0 then return f() end
      local self = ...
      return f(reference(self), select(2, ...))
    end
  end
  return function(...)
    local arguments = pack(...)
    for i = 1, #positions do
      local at = positions[i]
      if at <= arguments.n then arguments[at] = reference(arguments[at]) end
    end
    return f(unpack(arguments, 1, arguments.n))
  end
end

-- `plan`: { key, direct, waits, loose, count, references, functions }; `functions` has the host's own.
local function made(plan, functions)
  local f = functions[plan.key]
  if plan.direct then return f end
  if plan.waits then f = kit.waits(f, functions[plan.key .. ">"]) end
  if #plan.functions > 0 then f = calling_back(f, plan.functions) end
  if plan.callbacks then f = calling_any_back(f) end
  if plan.packed then return kit.operator(f) end
  if #plan.references > 0 then f = with_references(f, plan.references) end
  -- Around it: what it is called with is held until the host has answered. Of an object that nobody else holds the number alone would
  -- go on, and a collection in between would take the object away.
  return kit.checked(f, plan.loose, plan.count)
end

local function made_all(plans, functions)
  local out = {}
  for name, plan in next, plans do out[name] = made(plan, functions) end
  return out
end

-- ── modules ──────────────────────────────────────────────────────────────────────────────────────────────────────

local built = {}

-- Called by the chunk of a module. `half`: its Lua half, or nil.
function kit.define(functions, half)
  local plan = functions.plan()
  for i = 1, #plan.types do
    local each = plan.types[i]
    kit.define_type(each.name, made_all(each.methods, functions), made_all(each.metamethods, functions))
  end
  local value
  if plan.whole then
    value = made(plan.whole, functions)
  else
    value = made_all(plan.functions, functions)
    if plan.values then
      for key, member in next, kit.revive_all(plan.values) do value[key] = member end
    end
  end
  if half then
    local result = half(value, primitives)
    if result ~= nil then value = result end
  end
  if type(value) == "table" then value = kit.immutable(value, plan.name) end
  built[plan.name] = value
end

local function load_module(name)
  local value = built[name]
  if value == nil then
    host.instantiate(name)
    value = built[name]
  end
  return value
end

-- `names`: what code in this VM may require; `globals`: { global, module } pairs.
function kit.grant(names, globals)
  kit.guard_lists()
  for i = 1, #names do
    local name = names[i]
    preload[name] = function() return load_module(name) end
    -- A file of the same name below the package directory does not stand in for it.
    loaded[name] = nil
  end
  for i = 1, #globals do
    local global, name = globals[i][1], globals[i][2]
    local value = load_module(name)
    _G[global] = value
    loaded[name] = value
  end
end

-- A snippet is told what it may require instead (host-modules.md §3.2): of what else there is it learns nothing.
function kit.confine(names)
  local available = #names .. " modules: " .. table.concat(names, ", ")
  local require = require
  local function answered(name, ok, ...)
    if ok then return ... end
    local mistake = ...
    if type(name) == "string" and type(mistake) == "string" then
      local missing = "module '" .. name .. "' not found"
      if mistake:sub(1, #missing) == missing then
        error(kit.new_error(("module %q is not available (have %s): %s"):format(name, available, missing), "NotFound", false), 2)
      end
    end
    error(mistake, 0)
  end
  function _G.require(...) return answered((...), pcall(require, ...)) end
end

built.channel = kit.channel
built.errors = kit.errors

-- ── a run ────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Tells the host about an error that leaves the program, while its stack is still there.
local function note(thrown)
  local trace, fact = kit.trace or traceback(nil, 2), kit.error_facts(thrown)
  if fact then
    host.raised(trace, fact.kind, fact.retryable, fact.details)
  else
    host.raised(trace)
  end
  return thrown
end

-- A replay that diverged, or that left recorded steps over, fails the run however its code ended.
local function leave(ok, ...)
  local _, fault = kit.finish(host.finish())
  if fault then
    kit.trace = kit.trace or ""
    note(fault)
    error(fault, 0)
  end
  if ok then return ... end
  error((...), 0)
end

-- Around the main function of every run of this VM (scope.lua).
function exports.enter(f, ...)
  kit.trace = nil
  host.begin()
  if kit.prepare then kit.prepare() end
  return leave(xpcall(kit.run, note, kit.spawning, f, ...))
end
