-- Forms of lcurl: multipart/form-data. Leaves their metatable in exports.lcurl.
local _, primitives = ...
local known = primitives.exports.lcurl
local new_error = known.new_error
local error, type, tostring, ipairs = error, type, tostring, ipairs
local gsub, match = string.gsub, string.match
local concat, insert = table.concat, table.insert
local io = io

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

known.form_mt = form_mt
