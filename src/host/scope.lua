-- The request scope of a VM (vulcan-api.md §3.3, §3.4, §5.2): check, populate, run, check again, in one crossing.
--
-- A use starts by writing every field of the scope, neutral where the use has nothing to say, and ends by looking whether
-- the tables are still there: between two uses no Lua code runs, so nobody could see the values that are left standing.
--
-- Every driver answers a first value: nil when it went well (the results follow), or the text of a scope that a skill
-- destroyed.
local host, primitives = ...
local exports = primitives.exports
local _G, type, next, pcall, error, load, rawget, rawset, rawlen = _G, type, next, pcall, error, load, rawget, rawset, rawlen
local getmetatable, tostring = getmetatable, tostring
local mathtype, utf8len, find, sub = math.type, utf8.len, string.find, string.sub
local strip = primitives.debug.setmetatable
local package, stub = package, vulcan.call

local sqlite_table, lancedb_table = exports.sqlite_table, exports.lancedb_table

-- Entries by canonical name, skills by id, as far as this VM holds them.
local entries, skills = {}, {}

-- The type words of §1.3: every number with an integral value is an integer.
local function luatype(value)
  if mathtype(value) == "float" and value % 1 == 0 and value >= -0x1p63 and value < 0x1p63 then return "integer" end
  return mathtype(value) == "integer" and "integer" or type(value)
end

-- ── copies by JSON rules ─────────────────────────────────────────────────────────────────────────────────────────

local MAX_DEPTH = 128

-- Copies as a trip through JSON would (§2): sequences lose their other keys, bad text becomes "". Raises on functions.
local function json_copy(value, depth)
  local t = type(value)
  if t == "table" then
    if depth > MAX_DEPTH then error("Cannot convert recursive Lua table to JSON", 0) end
    local out, length = {}, rawlen(value)
    if length > 0 then
      for i = 1, length do out[i] = json_copy(value[i], depth + 1) end
      return out
    end
    for key, member in next, value do
      if type(key) == "number" then key = tostring(key) end
      if type(key) ~= "string" then error("Table key: error converting Lua " .. type(key) .. " to String (expected string or number)", 0) end
      out[key] = json_copy(member, depth + 1)
    end
    return out
  elseif t == "string" then
    return utf8len(value) and value or ""
  elseif t == "number" then
    if value ~= value or value == 1 / 0 or value == -1 / 0 then return nil end
    return value
  elseif t == "boolean" or t == "nil" then
    return value
  end
  error("Cannot convert Lua " .. t .. " to JSON", 0)
end

-- An object, or an empty table for everything else.
local function object_copy(value)
  if type(value) ~= "table" or rawlen(value) > 0 then return {} end
  local ok, copy = pcall(json_copy, value, 1)
  return ok and copy or {}
end

local request_fields = { "request_id", "client_name", "transport_name", "session_id" }
local client_fields = { "kind", "name", "version" }

local function strings_only(source, fields, out)
  for i = 1, #fields do
    local value = rawget(source, fields[i])
    if value ~= nil and type(value) ~= "string" then return nil end
    out[fields[i]] = value
  end
  return out
end

-- A request context in its own shape, or nil when the table no longer has it (§5.2).
local function request_copy(request)
  if type(request) ~= "table" or next(request) == nil or rawlen(request) > 0 then return nil end
  local ok, source = pcall(json_copy, request, 1)
  if not ok then return nil end
  local out = strings_only(source, request_fields, {})
  if not out then return nil end
  if source.client_info ~= nil then
    if type(source.client_info) ~= "table" then return nil end
    out.client_info = strings_only(source.client_info, client_fields, {})
    if not out.client_info then return nil end
  end
  local capabilities = source.client_capabilities
  if capabilities == nil then capabilities = {} end
  out.client_capabilities = capabilities
  return out
end

-- ── locating ─────────────────────────────────────────────────────────────────────────────────────────────────────

local function member(table, key, path, wanted)
  local value = rawget(table, key)
  if type(value) ~= wanted then
    error("Failed to get " .. path .. ": error converting Lua " .. luatype(value) .. " to " .. wanted, 0)
  end
  -- A metatable left by a skill could swallow what is written into it.
  if wanted == "table" and getmetatable(value) ~= nil then strip(value, nil) end
  return value
end

local function locate()
  local vulcan = rawget(_G, "vulcan")
  if type(vulcan) ~= "table" then
    error("Failed to get vulcan module: error converting Lua " .. luatype(vulcan) .. " to table", 0)
  end
  if getmetatable(vulcan) ~= nil then strip(vulcan, nil) end
  local context = member(vulcan, "context", "vulcan.context", "table")
  local deps = member(vulcan, "deps", "vulcan.deps", "table")
  local runtime = member(vulcan, "runtime", "vulcan.runtime", "table")
  local internal = member(runtime, "internal", "vulcan.runtime.internal", "table")
  return vulcan, context, deps, internal
end

-- ── populating ───────────────────────────────────────────────────────────────────────────────────────────────────

-- The text of a scope that cannot be used, or nil.
local function damage()
  local ok, message = pcall(locate)
  if ok then return nil end
  return tostring(message)
end

local function host_result_of(capabilities)
  local out = { enabled = false, allowed_kinds = {} }
  local wanted = type(capabilities) == "table" and rawget(capabilities, "host_result")
  if type(wanted) ~= "table" then return out end
  if wanted.enabled == true then out.enabled = true end
  if type(wanted.allowed_kinds) == "table" then
    for i = 1, rawlen(wanted.allowed_kinds) do
      local kind = wanted.allowed_kinds[i]
      if type(kind) == "string" then
        local first = find(kind, "%S")
        if first then out.allowed_kinds[#out.allowed_kinds + 1] = sub(kind, first, (find(kind, "%s*$")) - 1) end
      end
    end
  end
  local limit = wanted.max_payload_bytes
  if mathtype(limit) == "integer" and limit > 0 then out.max_payload_bytes = limit end
  return out
end

-- `request` is a fresh table in the shape of request_copy, or nil; `budget` and `config` are fresh objects, or nil.
local function set_request(context, request, budget, config)
  if request then
    local capabilities = json_copy(request.client_capabilities, 1)
    context.request = request
    context.client_info = json_copy(request.client_info, 1)
    context.client_capabilities = capabilities
    context.host_result = host_result_of(capabilities)
  else
    context.request = {}
    context.client_info = nil
    context.client_capabilities = {}
    context.host_result = { enabled = false, allowed_kinds = {} }
  end
  context.client_budget = budget or {}
  context.tool_config = config or {}
end

-- `tool`, `entry` and `file` are nil without a skill.
local function set_identity(vulcan, context, deps, internal, skill, tool, entry, file, dir)
  internal.tool_name = tool
  internal.entry_name = entry
  context.entry_file = file
  context.entry_dir = dir
  vulcan.lancedb = lancedb_table(skill)
  vulcan.sqlite = sqlite_table(skill)
  if skill then
    local id = skill.id
    internal.skill_name = id
    internal.root_name = skill.root
    context.skill_dir = skill.dir
    deps.tools_path = skill.tools
    deps.lua_path = skill.lua
    deps.ffi_path = skill.ffi
    vulcan.__sqlite_skill_name = id
    vulcan.__lancedb_skill_name = id
  else
    internal.skill_name = nil
    internal.root_name = nil
    context.skill_dir = nil
    deps.tools_path = nil
    deps.lua_path = nil
    deps.ffi_path = nil
    vulcan.__sqlite_skill_name = ""
    vulcan.__lancedb_skill_name = ""
  end
end

-- `active`: inside luaexec or a session; `caller`: the tool that started the luaexec, or nil.
local function set_luaexec(internal, active, caller)
  internal.luaexec_active = active
  internal.luaexec_caller_tool_name = caller
end

-- Everything of a use without a skill.
local function set_anonymous(request, budget, config, active, caller, args, file, dir)
  local vulcan, context, deps, internal = locate()
  set_request(context, request, budget, config)
  set_identity(vulcan, context, deps, internal, nil, nil, nil, file, dir)
  set_luaexec(internal, active, caller)
  rawset(_G, "__runlua_args", args)
end

-- ── loading ──────────────────────────────────────────────────────────────────────────────────────────────────────

-- Chunks run before `vulcan.call` and the database tables exist (§3.1).
exports.begin_loading = function()
  set_anonymous(nil, nil, nil, false)
  local vulcan = locate()
  vulcan.call = stub
  vulcan.sqlite = nil
  vulcan.lancedb = nil
end

-- Answers "compile" or "init" and a text, or nil. Errors of the chunk itself propagate.
exports.load_chunk = function(module, source)
  local chunk, message = load(source, module, "t")
  if not chunk then return "compile", message end
  local handler = chunk()
  if type(handler) ~= "function" then return "init", "error converting Lua " .. luatype(handler) .. " to function" end
  rawset(_G, "__skill_" .. module, handler)
end

exports.define_skill = function(skill)
  skills[skill.id] = skill
  for i = 1, #skill.entries do
    local entry = skill.entries[i]
    entry.skill = skill
    entry.global = "__skill_" .. entry.module
    entries[entry.name] = entry
  end
end

-- ── nested calls ─────────────────────────────────────────────────────────────────────────────────────────────────

local captured_tables = { "runtime", "fs", "path", "process", "os", "json", "cache", "context", "deps", "io", "models" }
local captured_runtime = { "skills", "internal", "lua" }
local request_state = { "request", "client_info", "client_capabilities", "client_budget", "tool_config", "host_result" }
local file_state = { "skill_dir", "entry_dir", "entry_file" }
local marker_state = { "tool_name", "skill_name", "entry_name", "root_name", "luaexec_active", "luaexec_caller_tool_name" }
local deps_state = { "tools_path", "lua_path", "ffi_path" }

local function save(from, keys)
  local out = {}
  for i = 1, #keys do out[i] = rawget(from, keys[i]) end
  return out
end

local function put_back(into, keys, saved)
  for i = 1, #keys do into[keys[i]] = saved[i] end
end

local function capture()
  local vulcan = rawget(_G, "vulcan")
  if type(vulcan) ~= "table" then
    error("Failed to get vulcan module: error converting Lua " .. luatype(vulcan) .. " to table", 0)
  end
  if getmetatable(vulcan) ~= nil then strip(vulcan, nil) end
  local saved = { vulcan = vulcan, call = member(vulcan, "call", "vulcan.call", "function"), tables = {}, runtime = {} }
  for i = 1, #captured_tables do
    local key = captured_tables[i]
    saved.tables[i] = member(vulcan, key, "vulcan." .. key, "table")
  end
  local runtime = saved.tables[1]
  for i = 1, #captured_runtime do
    local key = captured_runtime[i]
    saved.runtime[i] = member(runtime, key, "vulcan.runtime." .. key, "table")
  end
  local context, deps, internal = saved.tables[8], saved.tables[9], saved.runtime[2]
  saved.request = save(context, request_state)
  saved.file = save(context, file_state)
  saved.markers = save(internal, marker_state)
  saved.deps = save(deps, deps_state)
  saved.sqlite_skill = rawget(vulcan, "__sqlite_skill_name")
  saved.lancedb_skill = rawget(vulcan, "__lancedb_skill_name")
  return saved, vulcan, context, deps, internal
end

local function restore(saved)
  local vulcan, runtime = saved.vulcan, saved.tables[1]
  if getmetatable(vulcan) ~= nil then strip(vulcan, nil) end
  rawset(_G, "vulcan", vulcan)
  vulcan.call = saved.call
  for i = 1, #captured_tables do
    local table = saved.tables[i]
    if getmetatable(table) ~= nil then strip(table, nil) end
    vulcan[captured_tables[i]] = table
  end
  for i = 1, #captured_runtime do
    local table = saved.runtime[i]
    if getmetatable(table) ~= nil then strip(table, nil) end
    runtime[captured_runtime[i]] = table
  end
  put_back(saved.tables[8], request_state, saved.request)
  put_back(saved.tables[8], file_state, saved.file)
  put_back(saved.runtime[2], marker_state, saved.markers)
  put_back(saved.tables[9], deps_state, saved.deps)
  vulcan.sqlite = sqlite_table(skills[saved.sqlite_skill])
  vulcan.lancedb = lancedb_table(skills[saved.lancedb_skill])
  vulcan.__sqlite_skill_name = saved.sqlite_skill
  vulcan.__lancedb_skill_name = saved.lancedb_skill
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

local function call(name, args)
  local entry = type(name) == "string" and entries[name]
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

exports.end_loading = function()
  local vulcan = locate()
  vulcan.call = call
end

-- ── runs ─────────────────────────────────────────────────────────────────────────────────────────────────────────

local function done(...)
  local failure = damage()
  if failure then return failure end
  return nil, ...
end

-- Looks after a run that raised; the engine calls it, because an error leaves through the driver with its traceback.
exports.check = damage

-- `caller` is false outside luaexec; true or the caller's tool name makes the run a part of one (nested, across VMs).
exports.call_entry = function(name, args, request, budget, config, caller)
  local whole, vulcan, context, deps, internal = pcall(locate)
  if not whole then return tostring(vulcan) end
  local entry = entries[name]
  set_request(context, request, budget, config)
  set_identity(vulcan, context, deps, internal, entry.skill, name, entry.local_name, entry.file, entry.dir)
  if caller then
    set_luaexec(internal, true, caller ~= true and caller or nil)
    if exports.luaexec_vm then exports.enter_luaexec() end
  else
    set_luaexec(internal, false, nil)
  end
  rawset(_G, "__runlua_args", nil)
  local handler = rawget(_G, entry.global)
  if type(handler) ~= "function" then
    return nil, false, "Skill function '" .. entry.module .. "' not found: error converting Lua " .. luatype(handler) .. " to function"
  end
  return done(true, handler(args))
end

-- Anonymous code: host "run Lua" and leases. Answers nil, true, value or nil, false, syntax error.
exports.run_code = function(source, args, request, budget, config, active)
  local failure = damage()
  if failure then return failure end
  local chunk, message = load("return (function()\nlocal args = __runlua_args or {}\n" .. source .. "\nend)()", "=run_lua", "t")
  if not chunk then return nil, false, message end
  set_anonymous(request, budget, config, active == true, nil, args)
  return done(true, (chunk()))
end

-- luaexec (§8): `file` and `dir` are nil for inline code, `caller` may be nil.
exports.luaexec = function(source, args, request, caller, file, dir)
  local failure = damage()
  if failure then return failure end
  set_anonymous(request, nil, nil, true, caller, args, file, dir)
  exports.enter_luaexec()
  local chunk, message = load(
    "return (function()\nlocal args = __runlua_args\nreturn (function()\n" .. source .. "\nend)()\nend)()", "=luaexec", "t")
  if not chunk then return nil, false, message end
  return done(true, chunk())
end

-- Once for a lease: its module paths in front, and the managed io (§3.4).
exports.begin_lease = function(path, cpath)
  package.path = path .. package.path
  package.cpath = cpath .. package.cpath
  if exports.install_managed_io then exports.install_managed_io() end
end

-- A Lua help page (engine.md §5.3). Answers nil, stage, value: stage is "compile", "function" or "value".
exports.help = function(skill_id, source, chunk_name, file, dir, relative, request)
  local failure = damage()
  if failure then return failure end
  local chunk, message = load(source, chunk_name, "t")
  if not chunk then return nil, "compile", message end
  local vulcan, context, deps, internal = locate()
  set_request(context, request, nil, nil)
  set_identity(vulcan, context, deps, internal, skills[skill_id], "vulcan-help", relative, file, dir)
  set_luaexec(internal, false, nil)
  rawset(_G, "__runlua_args", nil)
  local value = chunk()
  if type(value) ~= "function" then return done("value", value) end
  exports.pending_help = value
  return nil, "function"
end

-- The second half of a help page that answered a function.
exports.help_function = function()
  local page = exports.pending_help
  exports.pending_help = nil
  return done("value", (page()))
end
