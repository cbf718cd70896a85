-- Projects, their gears and agents (genx.md §4.5).
local http = require("haivivi/http")
local resource = require("haivivi/resource")

local aiot = {}

local text_only = { string = true }
local text_and_numbers = { string = true, number = true }

local function class(base)
  local methods = setmetatable({}, { __index = base })
  methods.__index = methods
  return methods
end

-- ── documents: one record, no request until a method asks ───────────────────────────────────────────────────────

local document = {}
document.__index = document
function document:get() return self.collection:get(self.id) end
function document:update(dto) return self.collection:update(self.id, dto) end

local gear_document = class(document)
function gear_document:state() return self.collection:get_verb(self.id, "state") end
function gear_document:sign_token() return self.collection:post_doc_verb(self.id, "@sign-token") end

-- ── collections ──────────────────────────────────────────────────────────────────────────────────────────────────

local gears = class(resource.methods)
function gears:get_by_sn(sn) return self:post_verb("@getBySn", { sn = sn }) end
function gears:doc(id) return setmetatable({ collection = self, id = id }, gear_document) end
function gears:sn(sn) return self:doc("sn:" .. sn) end

local agents = class(resource.methods)
function agents:register(gear_id) return self:post_verb("@register", { gearId = gear_id }) end

local projects = class(resource.methods)
function projects:upsert(dto) return self.http_client:put("/projects", dto) end

local function below(project, name, query_kinds, methods)
  local collection = resource.new_sub_collection(project.collection.http_client, "projects", project.id, name, { query_kinds = query_kinds })
  return setmetatable(collection, methods)
end

function projects:doc(id)
  local project = setmetatable({ collection = self, id = id }, document)
  project.gears = below(project, "gears", text_and_numbers, gears)
  project.agents = below(project, "agents", text_only, agents)
  return project
end
function projects:key(key) return self:doc(key) end

function aiot.new_client(base_url, auth_client)
  local connection = http.new(base_url, { auth = function() return auth_client:get_token() end })
  return {
    base_url = base_url,
    auth_client = auth_client,
    projects = setmetatable(resource.new_collection(connection, "projects", { query_kinds = text_only }), projects),
    agents = resource.new_collection(connection, "agents", { query_kinds = text_only }),
  }
end

return aiot
