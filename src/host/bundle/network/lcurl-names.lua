-- What lcurl knows by name and number: errors, options, what is told of a transfer. Leaves them in exports.lcurl.
local _, primitives = ...
local error, pairs, setmetatable = error, pairs, setmetatable
local format = string.format

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

primitives.exports.lcurl = {
  codes = codes, options = options, option_by_number = option_by_number, infos = infos, info_by_number = info_by_number, new_error = new_error,
  failure = failure,
}
