-- `require` (genx.md §3) over the packages of the runtime; what is not there, the `require` before it looks for.
local host, primitives, parts = ...
local type, error, pcall, select, tostring = type, error, pcall, select, tostring
local find, sub, gsub, concat = string.find, string.sub, string.gsub, table.concat
local load, loaded, otherwise = primitives.load, package.loaded, require

__loaded = loaded
-- Modules that ran and had nothing to say.
local silent = {}
-- Names whose bodies are running, outermost first.
local running = {}

local function refusal(name)
  if name == "" then return "module name cannot be empty" end
  if find(name, "..", 1, true) then return 'module name "' .. name .. '" contains path traversal sequence' end
  local first = sub(name, 1, 1)
  if first == "/" or find(name, "^%a:[/\\]") then return 'module name "' .. name .. '" is an absolute path' end
  if first == "\\" then return 'module name "' .. name .. '" starts with path separator' end
end

local function run(name, path, source)
  for i = 1, #running do
    if running[i] == name then error("circular require: " .. concat(running, " -> ", i) .. " -> " .. name, 0) end
  end
  local chunk, message = load(source, "@" .. path, "t")
  if not chunk then error("error loading module '" .. name .. "': " .. message, 0) end
  running[#running + 1] = name
  local depth = #running
  local ok, value = pcall(chunk, name, path)
  for i = #running, depth, -1 do running[i] = nil end
  if not ok then
    if type(value) == "string" then value = "error loading module '" .. name .. "': " .. value end
    error(value, 0)
  end
  if value == nil then silent[name] = true else loaded[name] = value end
  return value
end

local function from_packages(name)
  local found = host.find_package(name)
  if not found then return false end
  if loaded[found.name] ~= nil then return true, loaded[found.name] end
  if silent[found.name] then return true, nil end
  if found.err then error("error loading module '" .. found.name .. "': " .. found.err, 0) end
  if found.library then parts.luau_library() end
  return true, run(found.name, found.path, found.source)
end

local function strict(name)
  if loaded[name] ~= nil then return loaded[name] end
  if silent[name] then return nil end
  local message = refusal(name)
  if message then error(message, 2) end
  local found, value = from_packages(name)
  if found then return value end
  return otherwise(name)
end

function require(name)
  if type(name) == "number" then name = tostring(name) end
  if parts.options.require_nil then
    if type(name) ~= "string" then return nil end
    local ok, value = pcall(strict, name)
    if ok then return value end
    host.log("warn", "require: " .. tostring(value))
    return nil
  end
  if type(name) ~= "string" then return otherwise(name) end
  return strict(name)
end

return require
