-- The request scope of a VM (vulcan-api.md §3.3, §3.4, §5.2): check, populate, run, check again, in one crossing.
--
-- A use starts by writing every field of the scope, neutral where the use has nothing to say, and ends by looking whether
-- the tables are still there: between two uses no Lua code runs, so nobody could see the values that are left standing.
--
-- Every driver answers a first value: nil when it went well, or the text of a scope that a skill destroyed. The results
-- follow; there are none when it was destroyed before.
local host, primitives = ...
local exports = primitives.exports
local _G, type, pcall, error, load, rawget, rawset, rawlen = _G, type, pcall, error, load, rawget, rawset, rawlen
local getmetatable, tostring = getmetatable, tostring
local mathtype, find, sub = math.type, string.find, string.sub
local strip = primitives.debug.setmetatable
local package, stub = package, vulcan.call

local sqlite_table, lancedb_table = exports.sqlite_table, exports.lancedb_table
local json_copy = exports.scope_copies.json

-- Entries by canonical name, skills by id, as far as this VM holds them.
local entries, skills = {}, {}

-- The type words of §1.3: every number with an integral value is an integer.
local function luatype(value)
  if mathtype(value) == "float" and value % 1 == 0 and value >= -0x1p63 and value < 0x1p63 then return "integer" end
  return mathtype(value) == "integer" and "integer" or type(value)
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

-- The real `vulcan.call` (§3.1 step 6).
exports.end_loading = function()
  local vulcan = locate()
  vulcan.call = exports.nested_call
end

-- What a nested call needs of all this (nested-call.lua).
exports.scope = {
  entries = entries,
  skills = skills,
  set_request = set_request,
  set_identity = set_identity,
  luatype = luatype,
}

-- ── runs ─────────────────────────────────────────────────────────────────────────────────────────────────────────

local function done(...) return damage(), ... end

-- Around the main function of a run; host modules bring their own (modules.lua).
local function enter(f, ...)
  local bracket = exports.enter
  if bracket then return bracket(f, ...) end
  return f(...)
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
  return done(true, enter(handler, args))
end

-- Between the lines of a wrapper. The native engine counts its wrapper's lines, too; otherwise they are the author's.
local native_lines = host.native_lines()
local gap = native_lines and "\n" or " "
local run_code_head = "return (function()" .. gap .. "local args = __runlua_args or {}" .. gap
local luaexec_head = "return (function()" .. gap .. "local args = __runlua_args" .. gap .. "return (function()" .. gap

-- What does not compile is told as the code alone has it: the wrapper's `end` is nothing its author wrote.
local function compile(head, source, tail, name)
  local chunk, message = load(head .. source .. tail, name, "t")
  if chunk then return chunk end
  if native_lines then return nil, message end
  local alone, own = load(source, name, "t")
  return nil, alone and message or own
end

-- Anonymous code: host "run Lua" and leases. Answers nil, true, value or nil, false, syntax error.
exports.run_code = function(source, args, request, budget, config, active)
  local failure = damage()
  if failure then return failure end
  local chunk, message = compile(run_code_head, source, "\nend)()", "=run_lua")
  if not chunk then return nil, false, message end
  set_anonymous(request, budget, config, active == true, nil, args)
  return done(true, (enter(chunk)))
end

-- luaexec (§8): `file` and `dir` are nil for inline code, `caller` may be nil.
exports.luaexec = function(source, args, request, caller, file, dir)
  local failure = damage()
  if failure then return failure end
  set_anonymous(request, nil, nil, true, caller, args, file, dir)
  exports.enter_luaexec()
  local chunk, message = compile(luaexec_head, source, "\nend)()\nend)()", "=luaexec")
  if not chunk then return nil, false, message end
  return done(true, enter(chunk))
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
