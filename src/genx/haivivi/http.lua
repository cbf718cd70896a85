-- A JSON client over `__builtin.http` (genx.md §4.1). A failure is `nil` or the data, and a text.
local http = {}

local function escape(text)
  return (text:gsub("[^%w%-%._~]", function(c) return ("%%%02X"):format(c:byte()) end))
end

local function query_text(query)
  local pairs_of = {}
  for name, value in pairs(query) do pairs_of[#pairs_of + 1] = escape(tostring(name)) .. "=" .. escape(tostring(value)) end
  table.sort(pairs_of)
  return #pairs_of > 0 and "?" .. table.concat(pairs_of, "&") or ""
end

local client = {}
client.__index = client

function client:request(method, path, body, query)
  local headers = {}
  for name, value in pairs(self.default_headers) do headers[name] = value end
  local token = self.auth_fn and self.auth_fn()
  if token and token ~= "" then headers["Authorization"] = "Bearer " .. token end
  local payload
  if body ~= nil then
    headers["Content-Type"] = "application/json"
    local message
    payload, message = __builtin.json_encode(body)
    if not payload then return nil, message end
  end
  local response = __builtin.http({
    url = self.base_url .. path .. (query and query_text(query) or ""),
    method = method,
    headers = headers,
    body = payload,
  })
  if response.err then return nil, response.err end
  return http.result(response)
end

function client:get(path, query) return self:request("GET", path, nil, query) end
function client:post(path, body) return self:request("POST", path, body) end
function client:put(path, body) return self:request("PUT", path, body) end
function client:patch(path, body) return self:request("PATCH", path, body) end
function client:delete(path) return self:request("DELETE", path) end

-- What a response holds, and what its status says.
function http.result(response)
  local data
  if response.body and response.body ~= "" then
    local value, message = __builtin.json_decode(response.body)
    if message then data = response.body else data = value end
  end
  if response.status < 400 then return data, nil end
  local text = "HTTP " .. tostring(response.status)
  if type(data) == "table" then
    local reason = data.message or data.error
    if type(reason) == "string" then text = text .. ": " .. reason end
  end
  return data, text
end

function http.new(base_url, options)
  options = options or {}
  return setmetatable({ base_url = base_url, default_headers = options.headers or {}, auth_fn = options.auth }, client)
end

return http
