-- `__builtin.http` (genx.md §2.2): the request is looked at here, the rest is the host's.
local host = ...
local type, next, setmetatable, tostring, rawget = type, next, setmetatable, tostring, rawget
local gsub, lower, upper, math_type = string.gsub, string.lower, string.upper, math.type

local function canonical(name)
  return (gsub(lower(name), "%f[%w]%l", upper))
end

-- Headers are found in any case and listed in Canonical-Case.
local by_name = {
  __index = function(headers, name)
    if type(name) == "string" then return rawget(headers, canonical(name)) end
  end,
}

-- Scripts of the later form wait for a promise; this is one that is over.
local response = {
  __index = { await = function(self) return self end, is_ready = function() return true end },
}

local function text_of(value)
  if type(value) == "number" then return math_type(value) == "integer" and tostring(value) or string.format("%.14g", value) end
  return type(value) == "string" and value or ""
end

local http = {}

-- What the host needs to know, or the answer to a request that cannot be made.
function http.request(request)
  if type(request) ~= "table" then return nil, http.response({ err = "request must be a table" }) end
  local url = request.url
  if type(url) ~= "string" or url == "" then return nil, http.response({ err = "url is required" }) end
  local headers, given = {}, request.headers
  if type(given) == "table" then
    for name, value in next, given do
      local text = text_of(value)
      if type(name) == "string" and name ~= "" and text ~= "" then headers[#headers + 1] = { name, text } end
    end
  end
  local method, body, timeout = text_of(request.method), text_of(request.body), request.timeout
  return {
    url = url,
    method = method == "" and "GET" or method,
    headers = headers,
    body = body ~= "" and body or nil,
    timeout = type(timeout) == "number" and timeout > 0 and timeout or nil,
  }
end

function http.response(answer)
  if answer.headers then
    local headers = {}
    for name, value in next, answer.headers do headers[canonical(name)] = value end
    answer.headers = setmetatable(headers, by_name)
  end
  return setmetatable(answer, response)
end

function http.send(request)
  local wanted, refusal = http.request(request)
  if not wanted then return refusal end
  return http.response(host.http(wanted))
end

return http
