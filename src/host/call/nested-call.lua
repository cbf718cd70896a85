-- `vulcan.call` (vulcan-api.md §5): capture the caller's scope, enter the target's, call, restore. Within one VM it never
-- leaves Lua, and skills call each other in loops, so what is captured is one flat list and what the house has made itself
-- is recognised by identity.
local host, primitives = ...
local exports = primitives.exports
local _G, type, pcall, error, rawget, rawset, tostring = _G, type, pcall, error, rawget, rawset, tostring
local getmetatable, strip, unpack = getmetatable, primitives.debug.setmetatable, table.unpack

local scope, sqlite_table, lancedb_table = exports.scope, exports.sqlite_table, exports.lancedb_table
local entries, skills, luatype = scope.entries, scope.skills, scope.luatype
local set_request, set_identity = scope.set_request, scope.set_identity
local object_copy, request_copy = exports.scope_copies.object, exports.scope_copies.request

-- The tables as they were made.
local own = vulcan
local own_runtime, own_context, own_deps = own.runtime, own.context, own.deps
local own_fs, own_path, own_process, own_os, own_json = own.fs, own.path, own.process, own.os, own.json
local own_cache, own_io, own_models = own.cache, own.io, own.models
local own_skills, own_internal, own_lua = own_runtime.skills, own_runtime.internal, own_runtime.lua

local nested_call

local function need(value, path, wanted)
  if type(value) == wanted then return end
  error("Failed to get " .. path .. ": error converting Lua " .. luatype(value) .. " to " .. wanted, 0)
end

-- A metatable left by a skill could swallow what is written into the table, or answer for what is not there.
local function bare(table)
  if getmetatable(table) ~= nil then strip(table, nil) end
end

-- Everything of §5.2 in one list; restore takes it apart in the same order.
local CAPTURED <const> = 36

local function capture()
  local vulcan = rawget(_G, "vulcan")
  if vulcan ~= own then need(vulcan, "vulcan module", "table") end
  bare(vulcan)
  local runtime, fs, path, process, os, json = vulcan.runtime, vulcan.fs, vulcan.path, vulcan.process, vulcan.os, vulcan.json
  local cache, context, deps, io, models = vulcan.cache, vulcan.context, vulcan.deps, vulcan.io, vulcan.models
  local call = vulcan.call
  if call ~= nested_call then need(call, "vulcan.call", "function") end
  if runtime ~= own_runtime then need(runtime, "vulcan.runtime", "table") end
  if fs ~= own_fs then need(fs, "vulcan.fs", "table") end
  if path ~= own_path then need(path, "vulcan.path", "table") end
  if process ~= own_process then need(process, "vulcan.process", "table") end
  if os ~= own_os then need(os, "vulcan.os", "table") end
  if json ~= own_json then need(json, "vulcan.json", "table") end
  if cache ~= own_cache then need(cache, "vulcan.cache", "table") end
  if context ~= own_context then need(context, "vulcan.context", "table") end
  if deps ~= own_deps then need(deps, "vulcan.deps", "table") end
  if io ~= own_io then need(io, "vulcan.io", "table") end
  if models ~= own_models then need(models, "vulcan.models", "table") end
  bare(runtime)
  local runtime_skills, internal, lua = runtime.skills, runtime.internal, runtime.lua
  if runtime_skills ~= own_skills then need(runtime_skills, "vulcan.runtime.skills", "table") end
  if internal ~= own_internal then need(internal, "vulcan.runtime.internal", "table") end
  if lua ~= own_lua then need(lua, "vulcan.runtime.lua", "table") end
  bare(context)
  bare(deps)
  bare(internal)
  return {
    vulcan, call, runtime, fs, path, process, os, json, cache, context, deps, io, models, runtime_skills, internal, lua,
    context.request, context.client_info, context.client_capabilities, context.client_budget, context.tool_config,
    context.host_result, context.skill_dir, context.entry_dir, context.entry_file,
    internal.tool_name, internal.skill_name, internal.entry_name, internal.root_name, internal.luaexec_active,
    internal.luaexec_caller_tool_name,
    deps.tools_path, deps.lua_path, deps.ffi_path,
    vulcan.__sqlite_skill_name, vulcan.__lancedb_skill_name,
  }, vulcan, context, deps, internal
end

local function restore(saved)
  local vulcan, call, runtime, fs, path, process, os, json, cache, context, deps, io, models, runtime_skills, internal, lua,
    request, client_info, client_capabilities, client_budget, tool_config, host_result, skill_dir, entry_dir, entry_file,
    tool_name, skill_name, entry_name, root_name, luaexec_active, luaexec_caller_tool_name,
    tools_path, lua_path, ffi_path, sqlite_skill, lancedb_skill = unpack(saved, 1, CAPTURED)
  if rawget(_G, "vulcan") ~= vulcan then rawset(_G, "vulcan", vulcan) end
  bare(vulcan)
  vulcan.call, vulcan.runtime, vulcan.fs, vulcan.path, vulcan.process, vulcan.os = call, runtime, fs, path, process, os
  vulcan.json, vulcan.cache, vulcan.context, vulcan.deps, vulcan.io, vulcan.models = json, cache, context, deps, io, models
  bare(runtime)
  runtime.skills, runtime.internal, runtime.lua = runtime_skills, internal, lua
  bare(context)
  context.request, context.client_info, context.client_capabilities = request, client_info, client_capabilities
  context.client_budget, context.tool_config, context.host_result = client_budget, tool_config, host_result
  context.skill_dir, context.entry_dir, context.entry_file = skill_dir, entry_dir, entry_file
  bare(internal)
  internal.tool_name, internal.skill_name, internal.entry_name, internal.root_name = tool_name, skill_name, entry_name, root_name
  internal.luaexec_active, internal.luaexec_caller_tool_name = luaexec_active, luaexec_caller_tool_name
  bare(deps)
  deps.tools_path, deps.lua_path, deps.ffi_path = tools_path, lua_path, ffi_path
  vulcan.sqlite = sqlite_table(skills[sqlite_skill])
  vulcan.lancedb = lancedb_table(skills[lancedb_skill])
  vulcan.__sqlite_skill_name, vulcan.__lancedb_skill_name = sqlite_skill, lancedb_skill
end

local function leave(saved, ok, ...)
  local restored, message = pcall(restore, saved)
  if ok then
    if restored then return ... end
    error(message, 0)
  end
  if restored then error((...), 0) end
  error(tostring((...)) .. "; nested vulcan.call restore failed: " .. tostring(message), 0)
end

-- §5.3. `skill_id` and `local_name` are the target's.
local function guard(internal, name, skill_id, local_name)
  if internal.luaexec_active ~= true then return end
  if name == internal.luaexec_caller_tool_name then
    error("vulcan.call cannot call the current luaexec caller tool '" .. name .. "'", 0)
  end
  if skill_id == "vulcan-runtime" and (local_name == "lua-exec" or local_name == "lua-file") then
    error("vulcan.call cannot invoke '" .. name .. "' inside luaexec", 0)
  end
end

-- An entry this VM does not hold: another skill's (isolation "skill"), or nobody's.
local function call_elsewhere(name, args)
  local skill_id, local_name = host.call_target(name, args)
  local saved, _, context, _, internal = capture()
  guard(internal, name, skill_id, local_name)
  return leave(saved, pcall(host.call_remote, name, args, request_copy(context.request),
    object_copy(context.client_budget), object_copy(context.tool_config),
    internal.luaexec_active == true, internal.luaexec_caller_tool_name))
end

nested_call = function(name, args)
  local entry = entries[name]
  if not entry or type(args) ~= "table" then return call_elsewhere(name, args) end
  local handler = rawget(_G, entry.global)
  if type(handler) ~= "function" then error("Skill function '" .. entry.module .. "' not found", 0) end
  local saved, vulcan, context, deps, internal = capture()
  guard(internal, name, entry.skill.id, entry.local_name)
  local request = request_copy(context.request)
  local budget, config = object_copy(context.client_budget), object_copy(context.tool_config)
  set_request(context, request, budget, config)
  set_identity(vulcan, context, deps, internal, entry.skill, entry.name, entry.local_name, entry.file, entry.dir)
  return leave(saved, pcall(handler, args))
end

exports.nested_call = nested_call
