-- Sessions: one token, refreshed by key and kept in the key-value store (genx.md §4.3).
local http = require("haivivi/http")
local resource = require("haivivi/resource")
local async = require("haivivi/async")

local auth = {}
local session_key = "haivivi:auth:session"
-- Seconds before its end from which a token is still good, but old.
local stale_seconds = 900
-- How often a task looks whether another one has the token, and for how long.
local look_seconds, longest_wait = 0.01, 30

local function refresh_request(base_url, path, body, token)
  local headers = { ["Content-Type"] = "application/json" }
  if token then headers["Authorization"] = "Bearer " .. token end
  return { url = base_url .. path, method = "POST", headers = headers, body = __builtin.json_encode(body) }
end

-- A session or a token of a device from a response.
local function read_session(response)
  if response.err then return nil, response.err end
  local data, err = http.result(response)
  if err then return nil, err end
  if type(data) ~= "table" then return nil, "failed to parse session" end
  return data, nil
end

auth.refresh_request, auth.read_session = refresh_request, read_session

local client = {}
client.__index = client

local function token_of(session)
  local token = type(session) == "table" and session.token
  return type(token) == "string" and token ~= "" and token or nil
end

function client:keep(session)
  self.session = session
  __builtin.kvs_set(session_key, session)
end

function client:token_state()
  if not token_of(self.session) then return "none" end
  local expires = self.session.tokenExpireAt
  local at = type(expires) == "string" and __builtin.parse_time(expires)
  if not at then return "valid" end
  local left = at - __builtin.time()
  return left <= 0 and "expired" or left <= stale_seconds and "stale" or "valid"
end

function client:needs_refresh() return self:token_state() ~= "valid" end
function client:is_refreshing() return self.refresh_task ~= nil and async.pending(self.refresh_task) end

function client:refresh_token()
  local session, err = read_session(__builtin.http(refresh_request(self.base_url, "/me/@refresh", { key = self.key })))
  if not session then return nil, err end
  self:keep(session)
  return session, nil
end

function client:get_token()
  local state = self:token_state()
  if state == "none" or state == "expired" then
    if self:is_refreshing() then async.run_sync(self.refresh_task) else self:refresh_token() end
  end
  return token_of(self.session) or ""
end

-- Whoever asks while a refresh runs gets that one.
function client:refresh_token_async()
  if self:is_refreshing() then return self.refresh_task end
  self.refresh_task = async.create(function()
    local response = coroutine.yield({ type = "http", request = refresh_request(self.base_url, "/me/@refresh", { key = self.key }) })
    if type(response) ~= "table" then return nil, "no response" end
    local session, err = read_session(response)
    if not session then return nil, err end
    self.session = session
    coroutine.yield({ type = "kvs_set", key = session_key, value = session })
    return session
  end)
  return self.refresh_task
end

function client:get_token_async()
  return async.create(function()
    local state = self:token_state()
    if state == "valid" then return self.session.token end
    if state == "stale" then
      if not self:is_refreshing() then coroutine.yield({ type = "background_task", task = self:refresh_token_async() }) end
      return self.session.token
    end
    if self:is_refreshing() then
      -- Whoever began the refresh waits for its answer; here it is enough to look now and then.
      local task, looks = self.refresh_task, 0
      while async.pending(task) and looks < longest_wait / look_seconds do
        coroutine.yield({ type = "sleep", duration = look_seconds })
        looks = looks + 1
      end
    else
      local task, answer = self:refresh_token_async(), nil
      while async.pending(task) do
        local wanted = async.poll(task, answer)
        if wanted == nil then break end
        answer = coroutine.yield(wanted)
      end
    end
    return token_of(self.session) or ""
  end)
end

function client:http_client()
  return http.new(self.base_url, { auth = function() return self:get_token() end })
end

function auth.new_client(base_url, key)
  local self = setmetatable({ base_url = base_url, key = key, session = __builtin.kvs_get(session_key) }, client)
  local connection = self:http_client()
  for _, name in ipairs({ "sessions", "users", "namespaces" }) do self[name] = resource.new_collection(connection, name) end
  return self
end

return auth
