-- LuaSocket's socket.url, socket.http, ssl.https and the few functions of `socket` that need no connection. There are no raw
-- sockets in a sandbox: requests go through the runtime's one gate to the network.
local host, primitives = ...
local getmetatable, require, string = getmetatable, require, string
local bundled = primitives.exports.bundled
local error, type, tostring, tonumber, pairs, select, pcall, setmetatable = error, type, tostring, tonumber, pairs, select, pcall, setmetatable
local gsub, find, match, sub, format, byte, char, lower, upper = string.gsub, string.find, string.match, string.sub, string.format, string.byte, string.char, string.lower, string.upper
local concat, insert = table.concat, table.insert

-- ── socket.url ───────────────────────────────────────────────────────────────────────────────────────────────────

local url = { _VERSION = "URL 1.0.3" }

function url.escape(text) return (gsub(text, "[^A-Za-z0-9_]", function(c) return format("%%%02x", byte(c)) end)) end
function url.unescape(text) return (gsub(text, "%%(%x%x)", function(hex) return char(tonumber(hex, 16)) end)) end

-- What may stand in a path segment as it is.
local function escape_segment(text)
  return (gsub(text, "[^A-Za-z0-9%-_.!~*'()%:@&=+$,;]", function(c) return format("%%%02X", byte(c)) end))
end

function url.parse(text, default)
  local parsed = {}
  for key, value in pairs(default or {}) do parsed[key] = value end
  if not text or text == "" then return nil, "invalid url" end
  -- What is left of a text without the part that the pattern finds.
  local function take(from, pattern, key)
    local rest = gsub(from, pattern, function(value)
      parsed[key] = value
      return ""
    end, 1)
    return rest
  end
  text = take(text, "^([%w][%w%+%-%.]*)%:", "scheme")
  text = take(text, "^//([^/]*)", "authority")
  text = take(text, "#(.*)$", "fragment")
  text = take(text, "%?(.*)", "query")
  text = take(text, "%;(.*)", "params")
  if text ~= "" then parsed.path = text end
  local authority = parsed.authority
  if not authority then return parsed end
  authority = take(authority, "^([^@]*)@", "userinfo")
  authority = take(authority, ":([^:%]]*)$", "port")
  if authority ~= "" then parsed.host = match(authority, "^%[(.+)%]$") or authority end
  local userinfo = parsed.userinfo
  if not userinfo then return parsed end
  parsed.user = take(userinfo, ":([^:]*)$", "password")
  return parsed
end

function url.parse_path(path)
  local parsed = {}
  path = path or ""
  for segment in string.gmatch(path, "[^/]+") do insert(parsed, url.unescape(segment)) end
  if sub(path, 1, 1) == "/" then parsed.is_absolute = 1 end
  if sub(path, -1, -1) == "/" then parsed.is_directory = 1 end
  return parsed
end

function url.build_path(parsed, unsafe)
  local parts = {}
  for i = 1, #parsed do parts[i] = unsafe and parsed[i] or escape_segment(parsed[i]) end
  local path = concat(parts, "/")
  if #parsed > 0 and parsed.is_directory then path = path .. "/" end
  if parsed.is_absolute then path = "/" .. path end
  return path
end

function url.build(parsed)
  local text = parsed.path or ""
  if parsed.params then text = text .. ";" .. parsed.params end
  if parsed.query then text = text .. "?" .. parsed.query end
  local authority = parsed.authority
  if parsed.host then
    authority = parsed.host
    if find(authority, ":") then authority = "[" .. authority .. "]" end
    if parsed.port then authority = authority .. ":" .. tostring(parsed.port) end
    local userinfo = parsed.userinfo
    if parsed.user then
      userinfo = parsed.user
      if parsed.password then userinfo = userinfo .. ":" .. parsed.password end
    end
    if userinfo then authority = userinfo .. "@" .. authority end
  end
  if authority then text = "//" .. authority .. text end
  if parsed.scheme then text = parsed.scheme .. ":" .. text end
  if parsed.fragment then text = text .. "#" .. parsed.fragment end
  return text
end

-- As RFC 3986 removes dot segments.
local function without_dots(path)
  local out = {}
  local absolute = sub(path, 1, 1) == "/"
  local input = path
  while input ~= "" do
    if find(input, "^%.%./") then input = sub(input, 4)
    elseif find(input, "^%./") then input = sub(input, 3)
    elseif find(input, "^/%./") then input = sub(input, 3)
    elseif input == "/." then input = "/"
    elseif find(input, "^/%.%./") then
      input = sub(input, 4)
      out[#out] = nil
    elseif input == "/.." then
      input = "/"
      out[#out] = nil
    elseif input == "." or input == ".." then input = ""
    else
      local segment = match(input, "^/?[^/]*")
      out[#out + 1] = segment
      input = sub(input, #segment + 1)
    end
  end
  local result = concat(out)
  if absolute and sub(result, 1, 1) ~= "/" then result = "/" .. result end
  return result
end

local function absolute_path(base, relative)
  if sub(relative, 1, 1) == "/" then return without_dots(relative) end
  local path = gsub(base, "[^/]*$", "")
  if not find(path, "/$") then path = path .. "/" end
  return without_dots(path .. relative)
end

function url.absolute(base, relative)
  local base_parsed = type(base) == "table" and base or url.parse(base)
  local base_text = type(base) == "table" and url.build(base) or base
  if not base_parsed then return relative end
  local parsed = url.parse(relative)
  if not parsed then return base_text end
  -- LuaSocket folds dots in the whole of the address, a query included.
  local function folded(text)
    local head, rest = match(text, "^(%a[%w+.-]*://[^/?#]*)(.*)$")
    return head and head .. without_dots(rest) or without_dots(text)
  end
  if parsed.scheme then return folded(relative) end
  parsed.scheme = base_parsed.scheme
  if not parsed.authority then
    parsed.authority = base_parsed.authority
    if not parsed.path then
      parsed.path = base_parsed.path
      if not parsed.params then
        parsed.params = base_parsed.params
        if not parsed.query then parsed.query = base_parsed.query end
      end
    else
      parsed.path = absolute_path(base_parsed.path or "", parsed.path)
    end
  end
  return folded(url.build(parsed))
end

bundled["socket.url"] = url

-- ── socket ───────────────────────────────────────────────────────────────────────────────────────────────────────

local no_sockets = "this runtime is a sandbox without raw sockets; socket.http, ssl.https and lcurl reach addresses the host grants"
local socket = {
  _VERSION = "LuaSocket 3.1.0", BLOCKSIZE = 2048, _SETSIZE = 1024, _DATAGRAMSIZE = 8192,
  gettime = host.now,
  sleep = function(seconds)
    if type(seconds) ~= "number" then error("bad argument #1 to 'sleep' (number expected, got " .. (seconds == nil and "no value" or type(seconds)) .. ")", 2) end
    host.sleep(seconds)
  end,
}
for _, name in pairs({ "tcp", "tcp4", "tcp6", "udp", "udp4", "udp6", "connect", "connect4", "connect6", "bind", "select" }) do
  socket[name] = function() return nil, no_sockets end
end
socket.dns = setmetatable({}, { __index = function() return function() return nil, no_sockets end end })
function socket.skip(count, ...) return select(count + 1, ...) end
-- An error that `protect` turns back into nil and the message.
local thrown = {}
function socket.newtry(finaliser)
  return function(...)
    if (...) then return ... end
    if finaliser then pcall(finaliser) end
    error(setmetatable({ select(2, ...) }, thrown), 0)
  end
end
socket.try = socket.newtry()
function socket.protect(work)
  return function(...)
    local function answer(ok, ...)
      if ok then return ... end
      local wrong = ...
      if getmetatable(wrong) == thrown then return nil, wrong[1] end
      error(wrong, 0)
    end
    return answer(pcall(work, ...))
  end
end
function socket.choose(kinds)
  return function(name, first, second)
    if type(name) ~= "string" then name, first, second = "default", name, first end
    local kind = kinds[name or "nil"]
    if not kind then error("unknown key (" .. tostring(name) .. ")", 3) end
    return kind(first, second)
  end
end
bundled.socket = socket
bundled["socket.core"] = socket

-- ── socket.http and ssl.https ────────────────────────────────────────────────────────────────────────────────────

local names = {}
-- `content-type` → `content-type`: LuaSocket's are lower case. What servers are asked with keeps its spelling.
local http = { _VERSION = "HTTP 1.0.3", TIMEOUT = 60, PORT = 80, USERAGENT = socket._VERSION, SCHEMES = { http = true, https = true } }
local https = { _VERSION = "1.3.2", PORT = 443, TIMEOUT = 60 }

local function read_all(source)
  local parts = {}
  while true do
    local chunk, message = source()
    if chunk == nil then
      if message then return nil, message end
      return concat(parts)
    end
    parts[#parts + 1] = chunk
  end
end

local function answer_of(request, settings)
  local target = request.url
  if not target then
    if not request.host then return nil, "invalid url" end
    target = url.build({ scheme = request.scheme or settings.scheme, host = request.host, port = request.port, path = request.path or "/", query = request.query })
  end
  local parsed = url.parse(target, { scheme = settings.scheme })
  if not parsed or not parsed.host then return nil, format("invalid host '%s'", tostring(parsed and parsed.host or "")) end
  if request.proxy or settings.PROXY then return nil, "proxies are not supported: requests go through the runtime's gate to the network" end
  if request.create then return nil, no_sockets end
  local headers = {}
  for name, value in pairs(request.headers or {}) do headers[tostring(name)] = tostring(value) end
  local user = request.user or parsed.user
  if user then
    local mime = require("mime")
    headers.Authorization = "Basic " .. (mime.b64(url.unescape(user) .. ":" .. url.unescape(request.password or parsed.password or "")))
    parsed.user, parsed.password, parsed.userinfo = nil, nil, nil
    parsed.authority = nil
    target = url.build(parsed)
  elseif not match(target, "^%a[%w+.-]*:") then
    target = url.build(parsed)
  end
  local body
  if request.source then
    local message
    body, message = read_all(request.source)
    if body == nil then return nil, message end
  end
  local method = upper(request.method or "GET")
  local answer = host.request({
    url = target, method = method, headers = headers, body = body, timeout = settings.TIMEOUT, follow = request.redirect ~= false and (method == "GET" or method == "HEAD"),
  })
  if answer.error then return nil, answer.error end
  return answer
end

local function perform(request, settings)
  local answer, message = answer_of(request, settings)
  if not answer then return nil, message end
  local sink = request.sink
  if sink and answer.body ~= "" then
    local step = request.step
    local given, wrong
    if step then
      local sent
      given, wrong = step(function()
        if sent then return nil end
        sent = true
        return answer.body
      end, sink)
    else
      given, wrong = sink(answer.body)
    end
    if not given and wrong then return nil, wrong end
  end
  if sink then sink(nil) end
  return 1, answer.status, answer.headers, answer.line
end

local function simple(target, body, settings)
  local parts = {}
  local request = {
    url = target,
    sink = function(chunk)
      if chunk then insert(parts, chunk) end
      return 1
    end,
  }
  if body then
    local sent
    request.source = function()
      if sent then return nil end
      sent = true
      return body
    end
    request.method = "POST"
    request.headers = { ["content-length"] = tostring(#body), ["content-type"] = "application/x-www-form-urlencoded" }
  end
  local ok, status, headers, line = perform(request, settings)
  if not ok then return nil, status end
  return concat(parts), status, headers, line
end

local function requester(settings, scheme)
  return function(request, body)
    local given = setmetatable({ scheme = scheme }, { __index = settings })
    if type(request) == "string" then return simple(request, body, given) end
    if type(request) ~= "table" then error("bad argument #1 to 'request' (string or table expected, got " .. (request == nil and "no value" or type(request)) .. ")", 2) end
    return perform(request, given)
  end
end
http.request, https.request = requester(http, "http"), requester(https, "https")
http.genericform = function(target) return { url = target } end
bundled["socket.http"], bundled["ssl.https"] = http, https

-- Names of header fields as they are usually written: capitalised, some parts wholly.
local acronyms = { id = true, md5 = true, dsn = true, mime = true, mta = true, smtp = true, te = true, www = true }
local function written(_, name)
  if type(name) ~= "string" then return nil end
  if name == "etag" then return "ETag" end
  return (gsub(name, "[^-]+", function(part) return acronyms[part] and upper(part) or gsub(part, "^%l", upper) end))
end
socket.headers = { canonic = setmetatable({}, { __index = written }) }
bundled["socket.headers"] = socket.headers
