-- vulcan.models (vulcan-api.md §13.2). These functions count their arguments, so the count travels with them.
local host, primitives = ...
local exports = primitives.exports
local select, rawget, type, pcall, _G = select, rawget, type, pcall, _G
local models = vulcan.models

local function text(value)
  return type(value) == "string" and value or nil
end

-- skill_id, entry_name, canonical_tool_name, root_name, skill_dir, client_name, request_id.
local function read_caller()
  local internal = exports.internal()
  local context = rawget(_G, "vulcan").context
  local request = context.request
  local info = request.client_info
  return text(internal.skill_name), text(internal.entry_name), text(internal.tool_name), text(internal.root_name),
    text(context.skill_dir), text(request.client_name) or (type(info) == "table" and text(info.name)) or nil, text(request.request_id)
end

local function pass(fn, count, first, second)
  local ok, skill, entry, tool, root, dir, client, request = pcall(read_caller)
  return fn(count, first, second, ok, skill, entry, tool, root, dir, client, request)
end

models.status = function() return host.status() end
models.has = function(...) return host.has(select("#", ...), (...)) end
models.embed = function(...) return pass(host.embed, select("#", ...), ...) end
models.llm = function(...) return pass(host.llm, select("#", ...), ...) end
