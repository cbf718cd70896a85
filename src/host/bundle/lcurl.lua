-- lcurl and lcurl.safe: the easy interface of Lua-cURL 0.3.13. A request goes through the runtime's gate to the network; what
-- only a transfer library can do (proxies, client certificates, other protocols) is refused by name.
local host, primitives = ...
local io, string, table = io, string, table
local bundled = primitives.exports.bundled
local error, type, tostring, tonumber, pairs, ipairs, select = error, type, tostring, tonumber, pairs, ipairs, select
local setmetatable, newuserdata, pcall = setmetatable, primitives.newuserdata, pcall
local format, gsub, byte, char, upper, lower, match, find = string.format, string.gsub, string.byte, string.char, string.upper, string.lower, string.match, string.find
local concat, insert = table.concat, table.insert
local mime = bundled.mime

local null = newuserdata({ __tostring = function() return "null" end, __metatable = false })

-- ── errors ───────────────────────────────────────────────────────────────────────────────────────────────────────

-- name → number and text
local codes = {
  OK = { 0, "No error" }, UNSUPPORTED_PROTOCOL = { 1, "Unsupported protocol" }, FAILED_INIT = { 2, "Failed initialization" },
  URL_MALFORMAT = { 3, "URL using bad/illegal format or missing URL" },
  NOT_BUILT_IN = { 4, "A requested feature, protocol or option was not found built-in in this libcurl due to a build-time decision." },
  COULDNT_RESOLVE_PROXY = { 5, "Could not resolve proxy name" }, COULDNT_RESOLVE_HOST = { 6, "Could not resolve hostname" },
  COULDNT_CONNECT = { 7, "Could not connect to server" }, REMOTE_ACCESS_DENIED = { 9, "Access denied to remote resource" },
  HTTP_RETURNED_ERROR = { 22, "HTTP response code said error" }, WRITE_ERROR = { 23, "Failed writing received data to disk/application" },
  UPLOAD_FAILED = { 25, "Upload failed (at start)" }, READ_ERROR = { 26, "Failed to open/read local data from file/application" },
  OUT_OF_MEMORY = { 27, "Out of memory" }, OPERATION_TIMEDOUT = { 28, "Timeout was reached" },
  SSL_CONNECT_ERROR = { 35, "SSL connect error" }, ABORTED_BY_CALLBACK = { 42, "Operation was aborted by an application callback" },
  BAD_FUNCTION_ARGUMENT = { 43, "A libcurl function was given a bad argument" }, TOO_MANY_REDIRECTS = { 47, "Number of redirects hit maximum amount" },
  UNKNOWN_OPTION = { 48, "An unknown option was passed in to libcurl" }, GOT_NOTHING = { 52, "Server returned nothing (no headers, no data)" },
  SEND_ERROR = { 55, "Failed sending data to the peer" }, RECV_ERROR = { 56, "Failure when receiving data from the peer" },
  SSL_CERTPROBLEM = { 58, "Problem with the local SSL certificate" }, FILESIZE_EXCEEDED = { 63, "Maximum file size exceeded" },
}
local by_number = {}
for name, code in pairs(codes) do by_number[code[1]] = { name, code[2] } end

local error_mt = { __name = "LcURL Error" }
local error_methods = {}
error_mt.__index = error_methods
local function new_error(category, number, detail)
  return setmetatable({ _category = category, _number = number, _detail = detail }, error_mt)
end
function error_methods:no() return self._number end
function error_methods:category() return self._category end
error_methods.cat = error_methods.category
function error_methods:name() return (by_number[self._number] or { "UNKNOWN" })[1] end
function error_methods:mnemo() return "E_" .. self:name() end
function error_methods:msg() return self._detail or (by_number[self._number] or { nil, "Unknown error" })[2] end
function error_mt.__tostring(self) return format("[%s][%s] %s (%d)", self._category, self:name(), self:msg(), self._number) end
function error_mt.__eq(a, b) return a._category == b._category and a._number == b._number end

local function failure(name, detail) return new_error("CURL-EASY", codes[name][1], detail) end

-- ── options ──────────────────────────────────────────────────────────────────────────────────────────────────────

-- kind and libcurl's number. Kinds: long, string, list, function, data, form, ignored (no meaning here), refused (why).
local options = {
  URL = { "string", 10002 }, CUSTOMREQUEST = { "string", 10036 }, USERAGENT = { "string", 10018 }, REFERER = { "string", 10016 },
  COOKIE = { "string", 10022 }, USERPWD = { "string", 10005 }, USERNAME = { "string", 10173 }, PASSWORD = { "string", 10174 },
  XOAUTH2_BEARER = { "string", 10220 }, ACCEPT_ENCODING = { "string", 10102 }, RANGE = { "string", 10007 },
  COOKIEFILE = { "string", 10031 }, COOKIEJAR = { "string", 10082 }, ENCODING = { "string", 10102 },
  DEFAULT_PROTOCOL = { "string", 10238 }, HTTPHEADER = { "list", 10023 },
  POSTFIELDS = { "string", 10015 }, COPYPOSTFIELDS = { "string", 10165 }, POSTFIELDSIZE = { "long", 60 }, POSTFIELDSIZE_LARGE = { "long", 30120 },
  HTTPPOST = { "form", 10024 }, HTTPGET = { "long", 80 }, POST = { "long", 47 }, NOBODY = { "long", 44 }, UPLOAD = { "long", 46 }, PUT = { "long", 54 },
  FOLLOWLOCATION = { "long", 52 }, MAXREDIRS = { "long", 68 }, FAILONERROR = { "long", 45 }, HEADER = { "long", 42 },
  TIMEOUT = { "long", 13 }, TIMEOUT_MS = { "long", 155 }, CONNECTTIMEOUT = { "long", 78 }, CONNECTTIMEOUT_MS = { "long", 156 },
  INFILESIZE = { "long", 14 }, INFILESIZE_LARGE = { "long", 30115 }, NOPROGRESS = { "long", 43 }, MAXFILESIZE = { "long", 114 },
  POSTREDIR = { "long", 161 }, HTTPAUTH = { "long", 107 },
  WRITEFUNCTION = { "function", 20011 }, HEADERFUNCTION = { "function", 20079 }, READFUNCTION = { "function", 20012 },
  PROGRESSFUNCTION = { "function", 20056 }, XFERINFOFUNCTION = { "function", 20219 }, DEBUGFUNCTION = { "ignored", 20094 }, SEEKFUNCTION = { "ignored", 20167 },
  VERBOSE = { "ignored", 41 }, NOSIGNAL = { "ignored", 99 }, AUTOREFERER = { "ignored", 58 }, HTTP_VERSION = { "ignored", 84 },
  FORBID_REUSE = { "ignored", 75 }, FRESH_CONNECT = { "ignored", 74 }, TCP_NODELAY = { "ignored", 121 }, TCP_KEEPALIVE = { "ignored", 213 },
  TCP_KEEPIDLE = { "ignored", 214 }, TCP_KEEPINTVL = { "ignored", 215 }, BUFFERSIZE = { "ignored", 98 }, LOW_SPEED_LIMIT = { "ignored", 19 },
  LOW_SPEED_TIME = { "ignored", 20 }, DNS_CACHE_TIMEOUT = { "ignored", 92 }, IPRESOLVE = { "ignored", 113 }, FILETIME = { "ignored", 69 },
  HTTP_TRANSFER_DECODING = { "ignored", 157 }, HTTP_CONTENT_DECODING = { "ignored", 158 }, TRANSFER_ENCODING = { "ignored", 207 },
  -- Certificates are always checked, against those of the platform: less is not to be had.
  SSL_VERIFYPEER = { "ignored", 64 }, SSL_VERIFYHOST = { "ignored", 81 }, CAINFO = { "ignored", 10065 }, CAPATH = { "ignored", 10097 },
  SSLVERSION = { "ignored", 32 }, NOPROXY = { "ignored", 10177 },
  PROXY = { "refused", 10004, "proxies" }, PROXYPORT = { "refused", 59, "proxies" }, PROXYUSERPWD = { "refused", 10006, "proxies" },
  PROXYTYPE = { "refused", 101, "proxies" }, PROXYUSERNAME = { "refused", 10175, "proxies" }, PROXYPASSWORD = { "refused", 10176, "proxies" },
  SSLCERT = { "refused", 10025, "client certificates" }, SSLKEY = { "refused", 10087, "client certificates" }, KEYPASSWD = { "refused", 10026, "client certificates" },
  UNIX_SOCKET_PATH = { "refused", 10231, "sockets of the system" }, INTERFACE = { "refused", 10062, "network interfaces" },
  RESOLVE = { "refused", 10203, "own name resolution" }, CONNECT_TO = { "refused", 10243, "own name resolution" },
  MIMEPOST = { "refused", 10269, "the mime interface (use httppost)" }, WILDCARDMATCH = { "refused", 197, "FTP" },
}
local option_by_number = {}
for name, option in pairs(options) do option_by_number[option[2]] = name end

local infos = {
  EFFECTIVE_URL = { 1048577, "url", "" }, RESPONSE_CODE = { 2097154, "status", 0 }, TOTAL_TIME = { 3145731, "time", 0.0 },
  CONTENT_TYPE = { 1048594, "content_type", false }, REDIRECT_COUNT = { 2097172, "redirects", 0 }, SIZE_DOWNLOAD = { 3145736, "size", 0.0 },
  SIZE_UPLOAD = { 3145735, "sent", 0.0 }, HEADER_SIZE = { 2097163, "header_size", 0 }, REQUEST_SIZE = { 2097164, "sent", 0 },
  CONTENT_LENGTH_DOWNLOAD = { 3145743, "size", 0.0 }, SPEED_DOWNLOAD = { 3145737, "speed", 0.0 }, REDIRECT_URL = { 1048607, "redirect_url", false },
  HTTP_CONNECTCODE = { 2097174, "none", 0 }, NAMELOOKUP_TIME = { 3145732, "none", 0.0 }, CONNECT_TIME = { 3145733, "none", 0.0 },
  PRETRANSFER_TIME = { 3145734, "none", 0.0 }, STARTTRANSFER_TIME = { 3145745, "none", 0.0 }, REDIRECT_TIME = { 3145747, "none", 0.0 },
  PRIMARY_IP = { 1048608, "none", "" }, PRIMARY_PORT = { 2097192, "none", 0 }, LOCAL_IP = { 1048617, "none", "" }, LOCAL_PORT = { 2097194, "none", 0 },
  SSL_VERIFYRESULT = { 2097165, "none", 0 }, SCHEME = { 1048625, "scheme", "" }, HTTP_VERSION = { 2097198, "version", 0 }, NUM_CONNECTS = { 2097178, "one", 0 },
}
local info_by_number = {}
for name, info in pairs(infos) do info_by_number[info[1]] = name end

-- ── forms ────────────────────────────────────────────────────────────────────────────────────────────────────────

local form_methods = {}
local form_mt = { __index = form_methods, __name = "LcURL HTTPPost" }

local function quote(text) return '"' .. gsub(text, '["\r\n]', { ['"'] = "%22", ["\r"] = "%0D", ["\n"] = "%0A" }) .. '"' end

local function add_part(form, name, value, content_type, filename, headers)
  if type(name) ~= "string" then error("bad argument #1 (string expected, got " .. type(name) .. ")", 3) end
  insert(form.parts, { name = name, value = value, type = content_type, filename = filename, headers = headers })
  return form
end
-- A type and headers may be left out; headers are the last argument and a table.
local function type_and_headers(content_type, headers)
  if type(content_type) == "table" then return nil, content_type end
  return content_type, headers
end
function form_methods:add_content(name, value, content_type, headers)
  content_type, headers = type_and_headers(content_type, headers)
  return add_part(self, name, tostring(value), content_type, nil, headers)
end
function form_methods:add_buffer(name, filename, value, content_type, headers)
  content_type, headers = type_and_headers(content_type, headers)
  return add_part(self, name, value, content_type or "application/octet-stream", filename, headers)
end
function form_methods:add_file(name, path, content_type, filename, headers)
  content_type, headers = type_and_headers(content_type, headers)
  if type(filename) == "table" then filename, headers = nil, filename end
  local file, message = io.open(path, "rb")
  if not file then return self.refuse(new_error("CURL-FORM", 7, message)) end
  local value = file:read("*a")
  file:close()
  return add_part(self, name, value, content_type or "application/octet-stream", filename or match(path, "[^/\\]+$") or path, headers)
end
function form_methods:add_stream(name, filename, content_type, headers, length, read, context)
  local arguments = { filename, content_type, headers, length, read, context }
  local texts, source, from = {}, nil, nil
  for i = 1, 6 do
    local value = arguments[i]
    if source == nil and (type(value) == "function" or (type(value) == "table" and value.read) or type(value) == "userdata") then source = value
    elseif source ~= nil then from = value
    elseif type(value) == "string" then texts[#texts + 1] = value
    elseif type(value) == "table" then headers = value end
  end
  local parts = {}
  while true do
    local chunk
    if type(source) == "function" then chunk = source(from) else chunk = source:read(4096) end
    if chunk == nil or chunk == "" then break end
    parts[#parts + 1] = chunk
  end
  return add_part(self, name, concat(parts), texts[2] or "application/octet-stream", texts[1] or name, type(headers) == "table" and headers or nil)
end
function form_methods:free() return true end
function form_methods:get(target, context)
  local text = self:build("------------------------0000000000000000")
  if type(target) == "function" then return target(context or text, context and text) end
  return text
end
function form_methods:build(boundary)
  local out = {}
  for _, part in ipairs(self.parts) do
    out[#out + 1] = "--" .. boundary .. "\r\nContent-Disposition: form-data; name=" .. quote(part.name)
      .. (part.filename and "; filename=" .. quote(part.filename) or "") .. "\r\n"
    if part.type then out[#out + 1] = "Content-Type: " .. part.type .. "\r\n" end
    for _, header in ipairs(part.headers or {}) do out[#out + 1] = header .. "\r\n" end
    out[#out + 1] = "\r\n" .. part.value .. "\r\n"
  end
  out[#out + 1] = "--" .. boundary .. "--\r\n"
  return concat(out)
end
form_mt.__gc = nil
form_mt.__close = form_methods.free

-- ── easy ─────────────────────────────────────────────────────────────────────────────────────────────────────────

local easy_methods = {}
local easy_mt = { __index = easy_methods, __name = "LcURL Easy" }
function easy_mt.__tostring(self) return format("LcURL Easy (%p)", self) end

local function truth(value) return value ~= nil and value ~= false and value ~= 0 end

local function alive(self)
  if self.closed then error("LcURL Easy object is closed", 3) end
end

-- A callback is a function with an optional context, or an object with a method of the kind's name.
local function callback(method, ...)
  local first = ...
  if first == null then return nil end
  if type(first) == "function" then
    if select("#", ...) > 1 then
      local context = select(2, ...)
      return function(...) return first(context, ...) end
    end
    return first
  end
  if (type(first) == "table" or type(first) == "userdata") and first[method] then
    return function(...) return first[method](first, ...) end
  end
  error("bad argument #1 (function or object with a method '" .. method .. "' expected, got " .. (first == nil and "nil" or type(first)) .. ")", 3)
end
local callback_methods = {
  WRITEFUNCTION = "write", HEADERFUNCTION = "header", READFUNCTION = "read", PROGRESSFUNCTION = "progress", XFERINFOFUNCTION = "xferinfo",
}

local function set(self, name, ...)
  alive(self)
  local option = options[name]
  if not option then return self.refuse(failure("UNKNOWN_OPTION", "unknown option " .. tostring(name))) end
  local kind, value = option[1], (...)
  if kind == "refused" then
    if value == nil or value == null or value == "" or value == 0 then return self end
    return self.refuse(failure("NOT_BUILT_IN", option[3] .. " are not supported here (option " .. lower(name) .. ")"))
  end
  if kind == "function" then
    -- A file's own writer is `write`, also for headers.
    local method = callback_methods[name]
    if name == "HEADERFUNCTION" and type(value) ~= "function" and value ~= nil and value ~= null and not value.header then method = "write" end
    self.set[name] = callback(method, ...)
    return self
  end
  if kind == "list" then
    if value ~= null and type(value) ~= "table" then error("bad argument #1 to 'setopt_" .. lower(name) .. "' (table expected, got " .. type(value) .. ")", 3) end
    self.set[name] = value ~= null and value or nil
  elseif kind == "string" then
    if value ~= null and type(value) ~= "string" and type(value) ~= "number" then
      error("bad argument #1 to 'setopt_" .. lower(name) .. "' (string expected, got " .. (value == nil and "no value" or type(value)) .. ")", 3)
    end
    self.set[name] = value ~= null and tostring(value) or nil
  elseif kind == "long" then
    if type(value) == "boolean" then value = value and 1 or 0 end
    if type(value) ~= "number" then error("bad argument #1 to 'setopt_" .. lower(name) .. "' (number expected, got " .. (value == nil and "no value" or type(value)) .. ")", 3) end
    self.set[name] = value
    -- The last one of these says what is asked.
    if name == "HTTPGET" and value ~= 0 then self.set.POST, self.set.NOBODY, self.set.UPLOAD, self.set.POSTFIELDS, self.set.HTTPPOST = nil, nil, nil, nil, nil end
  else
    self.set[name] = value
  end
  return self
end

function easy_methods:setopt(option, ...)
  if type(option) == "table" then
    local named = {}
    for key, value in pairs(option) do named[type(key) == "number" and option_by_number[key] or upper(tostring(key))] = value end
    -- It takes back what the others say.
    if named.HTTPGET ~= nil then set(self, "HTTPGET", named.HTTPGET) end
    for name, value in pairs(named) do
      if name ~= "HTTPGET" then
        local done, wrong = set(self, name, value)
        if not done then return done, wrong end
      end
    end
    return self
  end
  return set(self, option_by_number[option] or tostring(option), ...)
end
function easy_methods:unsetopt(option)
  alive(self)
  self.set[option_by_number[option] or ""] = nil
  return self
end
for name in pairs(options) do
  easy_methods["setopt_" .. lower(name)] = function(self, ...) return set(self, name, ...) end
  easy_methods["unsetopt_" .. lower(name)] = function(self)
    alive(self)
    self.set[name] = nil
    return self
  end
end

function easy_methods:getinfo(number)
  local name = info_by_number[number]
  if not name then return self.refuse(failure("BAD_FUNCTION_ARGUMENT", "unknown info")) end
  return easy_methods["getinfo_" .. lower(name)](self)
end
for name, info in pairs(infos) do
  easy_methods["getinfo_" .. lower(name)] = function(self)
    alive(self)
    local value = self.info[info[2]]
    if value == nil then value = info[3] end
    return value
  end
end
function easy_methods:getinfo_cookielist() return {} end

function easy_methods:escape(text) return (gsub(text, "[^%w%-%._~]", function(c) return format("%%%02X", byte(c)) end)) end
function easy_methods:unescape(text) return (gsub(text, "%%(%x%x)", function(hex) return char(tonumber(hex, 16)) end)) end
function easy_methods:reset()
  alive(self)
  self.set = {}
  return self
end
function easy_methods:close() self.closed = true end
function easy_methods:setdata(value) self.data = value return self end
function easy_methods:getdata() return self.data end
function easy_methods:pause() return self end
easy_mt.__close = function(self) self:close() end

local function body_of(self)
  local s = self.set
  if s.HTTPPOST then
    local boundary = "------------------------" .. format("%016x", host.now() * 1e6 // 1 | 0)
    return s.HTTPPOST:build(boundary), "multipart/form-data; boundary=" .. boundary
  end
  local fields = s.COPYPOSTFIELDS or s.POSTFIELDS
  if fields then
    local size = s.POSTFIELDSIZE or s.POSTFIELDSIZE_LARGE
    if size and size >= 0 and size < #fields then fields = string.sub(fields, 1, size) end
    return fields, "application/x-www-form-urlencoded"
  end
  if (truth(s.UPLOAD) or truth(s.PUT) or truth(s.POST)) and s.READFUNCTION then
    local parts = {}
    while true do
      local chunk, message = s.READFUNCTION(16384)
      if chunk == nil and message ~= nil then return nil, nil, message end
      if chunk == nil or chunk == "" then break end
      if type(chunk) ~= "string" then return nil, nil, failure("ABORTED_BY_CALLBACK") end
      parts[#parts + 1] = chunk
    end
    return concat(parts), truth(s.POST) and "application/x-www-form-urlencoded" or nil
  end
  if truth(s.POST) then return "", "application/x-www-form-urlencoded" end
  return nil
end

local function method_of(s, body)
  if s.CUSTOMREQUEST then return s.CUSTOMREQUEST end
  if truth(s.NOBODY) then return "HEAD" end
  if truth(s.UPLOAD) or truth(s.PUT) then return "PUT" end
  if body then return "POST" end
  return "GET"
end

local function headers_of(s, content_type)
  local headers, given = {}, {}
  local function put(name, value)
    if value == nil or given[lower(name)] then return end
    headers[name], given[lower(name)] = value, true
  end
  local removed = {}
  for _, line in ipairs(s.HTTPHEADER or {}) do
    local name, value = match(line, "^([^:;]+):%s*(.-)%s*$")
    if name and value ~= "" then
      if given[lower(name)] then
        for key in pairs(headers) do if lower(key) == lower(name) then headers[key] = headers[key] .. ", " .. value end end
      else put(name, value) end
    elseif name then removed[lower(name)] = true
    else
      name = match(line, "^([^;]+);%s*$")
      if name then put(name, "") end
    end
  end
  for name in pairs(removed) do given[name] = true end
  put("Content-Type", content_type)
  put("User-Agent", s.USERAGENT)
  put("Referer", s.REFERER)
  put("Cookie", s.COOKIE)
  put("Range", s.RANGE and "bytes=" .. s.RANGE)
  put("Accept", "*/*")
  local user = s.USERPWD or (s.USERNAME and s.USERNAME .. ":" .. (s.PASSWORD or ""))
  put("Authorization", user and "Basic " .. (mime.b64(user)) or s.XOAUTH2_BEARER and "Bearer " .. s.XOAUTH2_BEARER or nil)
  return headers
end

local failures = {
  permission_denied = "REMOTE_ACCESS_DENIED", network_error = "COULDNT_CONNECT", deadline_exceeded = "OPERATION_TIMEDOUT",
  invalid_argument = "URL_MALFORMAT", output_exceeded = "FILESIZE_EXCEEDED",
}

-- What a callback said of a piece: nil when it took it, else the error.
local function refused(chunk, ...)
  if select("#", ...) == 0 then return nil end
  local taken, message = ...
  if taken == nil and message ~= nil then return message end
  if taken == nil then return failure("WRITE_ERROR") end
  if taken == false or (type(taken) == "number" and taken ~= #chunk) then return failure("WRITE_ERROR") end
  return nil
end

local function give(write, chunk)
  if not write then return nil end
  return refused(chunk, write(chunk))
end

local function report_progress(s, size)
  local progress = s.XFERINFOFUNCTION or s.PROGRESSFUNCTION
  if not progress or (s.NOPROGRESS ~= nil and truth(s.NOPROGRESS)) or s.NOPROGRESS == nil then return nil end
  local function judged(...)
    if select("#", ...) == 0 then return nil end
    local going, message = ...
    if going == nil and message ~= nil then return message end
    if going == nil or going == false or going == 0 then return failure("ABORTED_BY_CALLBACK") end
    return nil
  end
  return judged(progress(size, size, 0, 0))
end

function easy_methods:perform(more)
  alive(self)
  if more then
    local done, wrong = self:setopt(more)
    if not done then return done, wrong end
  end
  local s = self.set
  self.info = {}
  if not s.URL then return self.refuse(failure("URL_MALFORMAT", "No URL set")) end
  local target = s.URL
  if not find(target, "^%a[%w+.-]*://") then target = (s.DEFAULT_PROTOCOL or "http") .. "://" .. target end
  local scheme = lower(match(target, "^(%a[%w+.-]*):"))
  if scheme ~= "http" and scheme ~= "https" then
    return self.refuse(failure("UNSUPPORTED_PROTOCOL", 'Protocol "' .. scheme .. '" not supported'))
  end
  -- user:password@ belongs into a header.
  local user, rest = match(target, "^%a[%w+.-]*://([^/@?#]*)@(.*)$")
  if user then
    target = scheme .. "://" .. rest
    s = setmetatable({ USERPWD = s.USERPWD or easy_methods.unescape(nil, user) }, { __index = s })
  end
  self.info.url = target
  local body, content_type, wrong = body_of(self)
  if wrong ~= nil then return self.refuse(wrong) end
  local timeout = s.TIMEOUT_MS and s.TIMEOUT_MS / 1000 or s.TIMEOUT
  local began = host.now()
  local answer = host.request({
    url = target, method = method_of(s, body), headers = headers_of(s, content_type), body = body, timeout = timeout, follow = truth(s.FOLLOWLOCATION),
  })
  if answer.error then
    return self.refuse(failure(failures[answer.code] or "RECV_ERROR", answer.error))
  end
  local headers = {}
  for name in pairs(answer.headers) do headers[#headers + 1] = name end
  table.sort(headers)
  local lines = { answer.line .. "\r\n" }
  for _, name in ipairs(headers) do lines[#lines + 1] = name .. ": " .. answer.headers[name] .. "\r\n" end
  lines[#lines + 1] = "\r\n"
  local time = host.now() - began
  self.info = {
    url = answer.url, status = answer.status, time = time, content_type = answer.headers["content-type"], scheme = scheme, version = 2, one = 1,
    size = #answer.body + 0.0, sent = body and #body or 0, header_size = #concat(lines), speed = time > 0 and #answer.body / time or 0.0,
    redirects = answer.url ~= target and 1 or 0, redirect_url = answer.headers.location,
  }
  for _, line in ipairs(lines) do
    local message = give(s.HEADERFUNCTION, line)
    if message == nil and truth(s.HEADER) then message = give(s.WRITEFUNCTION or io.write, line) end
    if message ~= nil then return self.refuse(message) end
  end
  if truth(s.FAILONERROR) and answer.status >= 400 then
    return self.refuse(failure("HTTP_RETURNED_ERROR", "The requested URL returned error: " .. format("%d", answer.status)))
  end
  if truth(s.MAXFILESIZE) and #answer.body > s.MAXFILESIZE then return self.refuse(failure("FILESIZE_EXCEEDED")) end
  local content = answer.body
  for at = 1, #content, 16384 do
    local message = give(s.WRITEFUNCTION or io.write, string.sub(content, at, at + 16383))
    if message ~= nil then return self.refuse(message) end
    message = report_progress(s, #content)
    if message ~= nil then return self.refuse(message) end
  end
  if content == "" then
    local message = report_progress(s, 0)
    if message ~= nil then return self.refuse(message) end
  end
  return self
end

-- ── the module ───────────────────────────────────────────────────────────────────────────────────────────────────

local function module_of(refuse)
  local curl = {
    _NAME = "lcurl", _VERSION = "0.3.13", null = null, ERROR_CURL = "CURL", ERROR_EASY = "CURL-EASY", ERROR_MULTI = "CURL-MULTI",
    ERROR_SHARE = "CURL-SHARE", ERROR_FORM = "CURL-FORM", ERROR_URL = "CURL-URL",
    HTTP_VERSION_NONE = 0, HTTP_VERSION_1_0 = 1, HTTP_VERSION_1_1 = 2, HTTP_VERSION_2_0 = 3, HTTP_VERSION_2 = 3, HTTP_VERSION_2TLS = 4,
    AUTH_NONE = 0, AUTH_BASIC = 1, AUTH_DIGEST = 2, AUTH_BEARER = 64, AUTH_ANY = -17, READFUNC_ABORT = 0x10000000, READFUNC_PAUSE = 0x10000001, WRITEFUNC_PAUSE = 0x10000001,
    GLOBAL_ALL = 3, IPRESOLVE_WHATEVER = 0, IPRESOLVE_V4 = 1, IPRESOLVE_V6 = 2, REDIR_POST_301 = 1, REDIR_POST_302 = 2, REDIR_POST_303 = 4, REDIR_POST_ALL = 7,
  }
  for name, option in pairs(options) do curl["OPT_" .. name] = option[2] end
  for name, info in pairs(infos) do curl["INFO_" .. name] = info[1] end
  for name, code in pairs(codes) do curl["E_" .. name] = code[1] end
  function curl.error(category, number)
    local known = { [curl.ERROR_CURL] = 1, [curl.ERROR_EASY] = 1, [curl.ERROR_MULTI] = 1, [curl.ERROR_SHARE] = 1, [curl.ERROR_FORM] = 1, [curl.ERROR_URL] = 1 }
    if not known[category] then error("bad argument #1 to 'error' (invalid category)", 2) end
    return new_error(category, number)
  end
  function curl.easy(given)
    local easy = setmetatable({ set = {}, info = {}, refuse = refuse }, easy_mt)
    if given ~= nil then return easy:setopt(given) end
    return easy
  end
  function curl.form(given)
    local form = setmetatable({ parts = {}, refuse = refuse }, form_mt)
    for name, value in pairs(given or {}) do
      if type(value) == "table" then
        if value.file then form:add_file(name, value.file, value.type, value.name, value.headers)
        elseif value.data then form:add_buffer(name, value.name, value.data, value.type, value.headers)
        else form:add_content(name, value.content or value[1], value.type, value.headers) end
      else
        form:add_content(name, value)
      end
    end
    return form
  end
  curl.httpform = curl.form
  function curl.version() return "libcurl/8.13.0 (vulcan; requests go through the runtime's gate to the network)" end
  function curl.version_info(name)
    local info = { version = "8.13.0", version_num = 0x080d00, host = "wasm32", ssl_version = "platform", libz_version = "platform", protocols = { http = true, https = true }, features = { SSL = true, LIBZ = true } }
    if name then return info[name] end
    return info
  end
  for _, name in ipairs({ "multi", "share", "url", "mime" }) do
    curl[name] = function() return refuse(failure("NOT_BUILT_IN", "the " .. name .. " interface is not supported here; use easy")) end
  end
  curl.escape, curl.unescape = function(text) return easy_methods.escape(nil, text) end, function(text) return easy_methods.unescape(nil, text) end
  return curl
end

bundled.lcurl = module_of(function(wrong) error(wrong, 0) end)
bundled["lcurl.safe"] = module_of(function(wrong) return nil, wrong end)
-- cURL is the same with conveniences that callers rarely use.
bundled.cURL, bundled["cURL.safe"] = bundled.lcurl, bundled["lcurl.safe"]
