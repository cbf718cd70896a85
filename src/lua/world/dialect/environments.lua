-- Function environments of Lua 5.1 (vulcan-api.md §16.2) on the _ENV upvalue of 5.4. The full debug library stays inside
-- these closures.
local host, primitives = ...
local _G, debug, error, ipairs, type, tonumber, match, gmatch, format = _G, debug, error, ipairs, type, tonumber, string.match, string.gmatch, string.format
local getinfo, getupvalue, upvaluejoin = primitives.debug.getinfo, primitives.debug.getupvalue, primitives.debug.upvaluejoin
local exports, is_open, real_level = primitives.exports, primitives.is_open, primitives.real_level

-- Environments of functions that use no global, and so have no _ENV to hold them.
local detached = primitives.setmetatable({}, { __mode = "k" })

local function environment_slot(fn)
  for i = 1, 255 do
    local name = getupvalue(fn, i)
    if name == "_ENV" then return i end
    if name == nil then return nil end
  end
end

-- The function meant by an argument of setfenv or getfenv; nil for level 0. Called by them directly: it counts levels.
local function target(fn, name)
  if type(fn) == "function" then return fn end
  local level = fn == nil and 1 or tonumber(fn)
  if not level then
    error(format("bad argument #1 to '%s' (number expected, got %s)", name, type(fn)), 3)
  end
  if level < 0 then error(format("bad argument #1 to '%s' (level must be non-negative)", name), 3) end
  local real = level < 0x7ffffff0 and real_level(level // 1 | 0, 1)
  local info = real and getinfo(real, "f")
  if level < 1 then return nil end
  if not info then error(format("bad argument #1 to '%s' (invalid level)", name), 3) end
  return info.func
end

local function set_environment(fn, environment)
  local slot = environment_slot(fn)
  if slot then
    upvaluejoin(fn, slot, function() return environment end, 1)
  else
    detached[fn] = environment
  end
end

local function getfenv(fn)
  fn = target(fn, "getfenv")
  if fn == nil or not is_open(fn) then return _G end
  local slot = environment_slot(fn)
  if not slot then return detached[fn] or _G end
  local _, environment = getupvalue(fn, slot)
  return environment
end

local function setfenv(fn, environment)
  if type(environment) ~= "table" then
    local got = environment == nil and "no value" or type(environment)
    error(format("bad argument #2 to 'setfenv' (table expected, got %s)", got), 2)
  end
  local found = target(fn, "setfenv")
  if found == nil then
    if environment == _G then return end
    error("setfenv(0) is not available: the globals of a whole thread cannot be replaced here", 2)
  end
  -- A function of the host keeps its own, as one of C does: it would take what it calls from the table it is given.
  if not is_open(found) then error("'setfenv' cannot change environment of given object", 2) end
  set_environment(found, environment)
  return found
end

_G.getfenv, _G.setfenv = getfenv, setfenv

function debug.getfenv(object)
  if type(object) == "function" then return getfenv(object) end
  if type(object) == "thread" then return _G end
end

function debug.setfenv(object, environment)
  if type(object) ~= "function" then error("'setfenv' cannot change environment of given object", 2) end
  return setfenv(object, environment)
end

-- The table a dotted name stands for among the globals, made where missing; nil when something else is in the way.
local function global_table(name)
  local at = _G
  for part in gmatch(name, "[^.]+") do
    local inner = at[part]
    if inner == nil then
      inner = {}
      at[part] = inner
    elseif type(inner) ~= "table" then
      return nil
    end
    at = inner
  end
  return at
end

function module(name, ...)
  if type(name) ~= "string" then
    error(format("bad argument #1 to 'module' (string expected, got %s)", name == nil and "no value" or type(name)), 2)
  end
  local loaded = exports.loaded
  local module = loaded[name]
  if type(module) ~= "table" then
    module = global_table(name)
    if not module then error(format("name conflict for module '%s'", name), 2) end
    loaded[name] = module
  end
  if module._NAME == nil then
    module._M, module._NAME, module._PACKAGE = module, name, match(name, "^(.*%.)[^.]*$") or ""
  end
  local caller = getinfo(2, "f")
  if not caller or not is_open(caller.func) then error("'module' not called from a Lua function", 2) end
  set_environment(caller.func, module)
  for _, option in ipairs({ ... }) do option(module) end
end
