-- LuaFileSystem over the virtual filesystem (vulcan-api.md §4.3): what skills use of it. Loaded by require("lfs").
local host, primitives = ...
local error, pairs, type, tostring, select, format = error, pairs, type, tostring, select, string.format

local function path_argument(name, path)
  if type(path) == "number" then return tostring(path) end
  if type(path) ~= "string" then
    error(format("bad argument #1 to '%s' (string expected, got %s)", name, path == nil and "no value" or type(path)), 3)
  end
  return path
end

local function attributes(name, follow)
  return function(path, wanted)
    local found, message, number = host.attributes(path_argument(name, path), follow)
    if not found then return nil, message, number end
    if type(wanted) == "string" then
      local value = found[wanted]
      if value == nil then error(format("invalid attribute name '%s'", wanted), 2) end
      return value
    end
    if type(wanted) == "table" then
      for key, value in pairs(found) do wanted[key] = value end
      return wanted
    end
    return found
  end
end

local function dir(path)
  local names, message = host.list(path_argument("dir", path))
  if not names then error(message, 2) end
  local index, closed = 0, false
  local state = {}
  function state.next()
    if closed then error("closed directory", 2) end
    index = index + 1
    if names[index] == nil then closed = true end
    return names[index]
  end
  function state.close() closed = true end
  return state.next, state
end

-- Files keep the time of their last change only, which is now.
local function touch(path, ...)
  path = path_argument("touch", path)
  if select("#", ...) > 0 and (...) ~= nil then return nil, "times cannot be chosen here: touch without them sets both to now" end
  return host.touch(path)
end

local function option(name, given, first, second)
  if given == first or given == second then return given end
  error(format("bad argument #2 to '%s' (%s)", name, given == nil and "string expected, got no value" or "invalid option '" .. tostring(given) .. "'"), 3)
end

-- Nothing else opens a file of the tree while a program runs: what locks keep apart is apart.
local function lock(_, mode)
  option("lock", mode, "r", "w")
  return true
end

-- Whoever could make the folder has the lock.
local function lock_dir(path)
  local marker = path_argument("lock_dir", path) .. "/lockfile.lfs"
  local made, message = host.mkdir(marker)
  if not made then return nil, message end
  return { free = function() return (host.rmdir(marker)) end }
end

primitives.exports.bundled.lfs = {
  _VERSION = "LuaFileSystem 1.8.0 (vulcan)",
  currentdir = host.currentdir,
  mkdir = function(path) return host.mkdir(path_argument("mkdir", path)) end,
  rmdir = function(path) return host.rmdir(path_argument("rmdir", path)) end,
  attributes = attributes("attributes", true),
  symlinkattributes = attributes("symlinkattributes", false),
  dir = dir,
  touch = touch,
  lock = lock,
  unlock = function() return true end,
  lock_dir = lock_dir,
  -- There is one mode, as on every POSIX system.
  setmode = function(_, mode)
    option("setmode", mode, "binary", "text")
    return true, "binary"
  end,
  link = function() return nil, "links cannot be made here", 1 end,
  chdir = function() return nil, "the current directory belongs to the engine and cannot be changed" end,
}
