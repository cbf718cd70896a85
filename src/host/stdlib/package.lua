-- dofile, loadfile, require and package on the virtual filesystem (vulcan-api.md §4.2, §4.3). Written in Lua, so that a
-- chunk being loaded may wait for the host under both waiting strategies.
local host, primitives = ...
local error, type, select, tostring, format = error, type, select, tostring, string.format
local find, concat, rawload = string.find, table.concat, primitives.load
local setmetatable, getmetatable, _G = primitives.setmetatable, getmetatable, _G

local function kind_of(value) return value == nil and "no value" or type(value) end

local function load_file(path, mode, has_env, env)
  local source, message = host.read_source(path)
  if not source then return nil, message end
  if type(mode) == "string" and not find(mode, "t", 1, true) then
    return nil, format("%s: attempt to load a text chunk (mode is '%s')", path, mode)
  end
  if has_env then return rawload(source, "@" .. path, "t", env) end
  return rawload(source, "@" .. path, "t")
end

local function path_argument(name, path)
  if type(path) == "number" then return tostring(path) end
  if type(path) ~= "string" then
    error(format("bad argument #1 to '%s' (string expected, got %s)", name, kind_of(path)), 3)
  end
  return path
end

function loadfile(path, ...)
  -- Without a name the chunk is standard input, which is empty here.
  if path == nil then return rawload("", "=stdin", "t") end
  return load_file(path_argument("loadfile", path), (...), select("#", ...) > 1, (select(2, ...)))
end

function dofile(path)
  if path == nil then return end
  local chunk, message = load_file(path_argument("dofile", path))
  if not chunk then error(message, 0) end
  return chunk()
end

-- ── package ──────────────────────────────────────────────────────────────────────────────────────────────────────

local package_path, package_cpath, package_config = host.package_settings()
local loaded, preload = {}, {}
for name, loader in next, primitives.exports.modules do preload[name] = loader end
package = {
  path = package_path,
  cpath = package_cpath,
  config = package_config,
  loaded = loaded,
  preload = preload,
}
local package = package

for _, name in ipairs({ "string", "table", "math", "coroutine", "utf8", "debug", "io", "os", "bit", "jit" }) do
  loaded[name] = _G[name]
end
loaded._G = _G
loaded.package = package
primitives.exports.loaded, primitives.exports.preload = loaded, preload

function package.searchpath(name, path, separator, replacement)
  if type(name) ~= "string" then
    error(format("bad argument #1 to 'searchpath' (string expected, got %s)", kind_of(name)), 2)
  end
  if type(path) ~= "string" then
    error(format("bad argument #2 to 'searchpath' (string expected, got %s)", kind_of(path)), 2)
  end
  return host.search(name, path, separator, replacement)
end

function package.loadlib()
  return nil, "native libraries cannot be loaded in this runtime", "absent"
end

-- For `module(name, package.seeall)`.
function package.seeall(module)
  if type(module) ~= "table" then
    error(format("bad argument #1 to 'seeall' (table expected, got %s)", kind_of(module)), 2)
  end
  local metatable = getmetatable(module)
  if type(metatable) ~= "table" then
    metatable = {}
    setmetatable(module, metatable)
  end
  metatable.__index = _G
end

local function search_preload(name)
  local loader = preload[name]
  if loader == nil then return format("\n\tno field package.preload['%s']", name) end
  return loader, ":preload:"
end

local function search_lua(name)
  if type(package.path) ~= "string" then error("'package.path' must be a string", 0) end
  local path, tried = host.search(name, package.path, nil, nil, true)
  if not path then return tried end
  local chunk, message = load_file(path)
  if chunk then return chunk, path end
  error(format("error loading module '%s' from file '%s':\n\t%s", name, path, message), 0)
end

-- Modules of this package that are loaded when somebody asks for them (bundled.ts).
local bundled = {}
primitives.exports.bundled = bundled

local function load_bundled(name)
  if bundled[name] == nil then host.load_bundled(name) end
  return bundled[name]
end

local function search_bundled(name)
  if host.has_bundled(name) then return load_bundled, ":bundled:" end
end

local function search_native()
  return "\n\tno native module: this runtime is a sandbox and has no C modules"
end

local searchers = { search_preload, search_lua, search_bundled, search_native }
package.searchers = searchers
package.loaders = searchers

local function find_loader(name)
  -- A skill may have put a list of its own in either place.
  local list = package.searchers
  if list == searchers and package.loaders ~= nil then list = package.loaders end
  if type(list) ~= "table" then error("'package.searchers' must be a table", 0) end
  local messages = {}
  for i = 1, #list do
    local loader, data = list[i](name)
    if type(loader) == "function" then return loader, data end
    if type(loader) == "string" then
      messages[#messages + 1] = find(loader, "^\n") and loader or "\n\t" .. loader
    end
  end
  return nil, concat(messages)
end

local loading = {}
local function leave(guard) loading[guard.name] = nil end
local guard_metatable = { __close = leave }

function require(name)
  if type(name) == "number" then name = tostring(name) end
  if type(name) ~= "string" then
    error(format("bad argument #1 to 'require' (string expected, got %s)", kind_of(name)), 2)
  end
  local value = loaded[name]
  if value then return value end
  if loading[name] then error(format("loop or previous error loading module '%s'", name), 2) end
  local loader, data = find_loader(name)
  if not loader then error(format("module '%s' not found:%s", name, data), 2) end
  loading[name] = true
  -- Cleared however the loader ends, so that a module whose first load failed can be tried again.
  local guard <close> = setmetatable({ name = name }, guard_metatable)
  -- The name alone, as in 5.1: chunks count what they are given, and `module(...)` takes the rest for options.
  value = loader(name)
  if value ~= nil then loaded[name] = value end
  if loaded[name] == nil then loaded[name] = true end
  return loaded[name]
end
