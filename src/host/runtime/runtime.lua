-- vulcan.runtime (vulcan-api.md §6) except lua.exec, and the global print (§4.1).
local host, primitives = ...
local exports = primitives.exports
local runtime, error, rawget, rawset, type, _G = vulcan.runtime, error, rawget, rawset, type, _G

runtime.temp_dir = host.temp_dir()
runtime.resources_dir = host.resources_dir()
runtime.log = function(level, message) host.log(level, message) end
runtime.progress = function(done, total, text) host.progress(done, total, text) end
runtime.cwd = function() return host.cwd() end

local skills = runtime.skills
skills.enabled = host.skills_enabled()
skills.status = function() return host.skills_status() end
skills.layers = function() return host.skills_layers() end
for _, action in ipairs({ "install", "update", "uninstall", "enable", "disable" }) do
  skills[action] = function(input) return host.skills_manage(action, input) end
end

print = function(...) host.print(...) end
local captured_print = print

-- The identity a namespace works under: `vulcan.runtime.internal`, which a skill may write (§6.1).
exports.internal = function()
  local vulcan = rawget(_G, "vulcan")
  local current = type(vulcan) == "table" and vulcan.runtime
  local internal = type(current) == "table" and current.internal
  if type(internal) ~= "table" then
    error("Failed to get vulcan.runtime.internal: error converting Lua " .. type(internal or nil) .. " to table", 0)
  end
  return internal
end

for _, kind in ipairs(host.managed and { "node", "python" } or {}) do
  local function ask(method)
    return function(request) return host.managed(kind, exports.internal().skill_name, method, request) end
  end
  runtime[kind] = { status = ask("status"), invoke = ask("invoke") }
end

exports.luaexec_vm = host.is_luaexec()

-- What luaexec takes away (§8.3), every time, because a request may have put something back.
exports.strip_luaexec = function()
  local vulcan = rawget(_G, "vulcan")
  local runtime, cache = vulcan.runtime, vulcan.cache
  runtime.log = nil
  if type(runtime.lua) == "table" then runtime.lua.exec = nil end
  if type(cache) == "table" then
    cache.put = nil
    cache.get = nil
    cache.delete = nil
  end
end

exports.enter_luaexec = function()
  rawset(_G, "print", captured_print)
  exports.strip_luaexec()
  if exports.install_managed_io then exports.install_managed_io() end
end
