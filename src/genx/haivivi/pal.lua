-- Devices and what they play (genx.md §4.4): two calls of its own, the rest are collections.
local http = require("haivivi/http")
local resource = require("haivivi/resource")
local auth = require("haivivi/auth")

local pal = {}

-- A collection's path is its name with hyphens.
local names = {
  "characters", "voices", "chat_topics", "virtual_devices", "albums", "firmwares", "triggers", "tts_models", "tuned_llms",
  "memberships", "orders", "payments", "plans", "subscriptions", "tags", "access_policies", "achievements",
  "achievement_types", "achievement_progresses", "device_logs", "device_gift_cards", "campaigns", "preset_prompts", "reports",
  "series", "conversations", "gear_check_in_records",
}
local other_paths = { backups = "device-logs/backups" }

local client = {}
client.__index = client

function client:refresh_token(key)
  return auth.read_session(__builtin.http(auth.refresh_request(self.base_url, "/device-auth/refresh-token", { key = key })))
end

function client:setup(uat, eid, vid)
  return auth.read_session(__builtin.http(auth.refresh_request(self.base_url, "/device-auth/setup", { eid = eid, vid = vid }, uat)))
end

function pal.new_client(base_url, auth_client)
  local connection = http.new(base_url, { auth = function() return auth_client:get_token() end })
  local self = setmetatable({ base_url = base_url, auth_client = auth_client }, client)
  for _, name in ipairs(names) do self[name] = resource.new_collection(connection, (name:gsub("_", "-"))) end
  for name, path in pairs(other_paths) do self[name] = resource.new_collection(connection, path) end
  return self
end

return pal
