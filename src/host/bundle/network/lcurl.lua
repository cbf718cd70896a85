-- lcurl and lcurl.safe: the easy interface of Lua-cURL 0.3.13. A request goes through the runtime's gate to the network; what
-- only a transfer library can do (proxies, client certificates, other protocols) is refused by name.
local host, primitives = ...
local bundled, known = primitives.exports.bundled, primitives.exports.lcurl
local mime = bundled.mime
local codes, options, option_by_number, infos, info_by_number, new_error, failure, form_mt = known.codes, known.options, known.option_by_number, known.infos, known.info_by_number, known.new_error, known.failure, known.form_mt
local error, type, tostring, tonumber, pairs, ipairs, select, setmetatable = error, type, tostring, tonumber, pairs, ipairs, select, setmetatable
local format, gsub, byte, char, upper, lower, match, find, sub = string.format, string.gsub, string.byte, string.char, string.upper, string.lower, string.match, string.find, string.sub
local concat, sort = table.concat, table.sort
local io = io

local null = primitives.newuserdata({ __tostring = function() return "null" end, __metatable = false })

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
    if size and size >= 0 and size < #fields then fields = sub(fields, 1, size) end
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
  sort(headers)
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
    local message = give(s.WRITEFUNCTION or io.write, sub(content, at, at + 16383))
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
