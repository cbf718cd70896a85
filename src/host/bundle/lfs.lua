-- LuaFileSystem over the virtual filesystem (vulcan-api.md §4.3): what skills use of it. Loaded by require("lfs").
local host, primitives = ...
local error, pairs, type, tostring, format = error, pairs, type, tostring, string.format

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

primitives.exports.bundled.lfs = {
  _VERSION = "LuaFileSystem 1.8.0 (vulcan)",
  currentdir = host.currentdir,
  mkdir = function(path) return host.mkdir(path_argument("mkdir", path)) end,
  rmdir = function(path) return host.rmdir(path_argument("rmdir", path)) end,
  attributes = attributes("attributes", true),
  symlinkattributes = attributes("symlinkattributes", false),
  dir = dir,
  chdir = function() return nil, "the current directory belongs to the engine and cannot be changed" end,
}
