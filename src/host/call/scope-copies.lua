-- Copies by JSON rules (vulcan-api.md §2, §5.2), for the scope driver and for nested calls.
local _, primitives = ...
local type, next, pcall, error, rawget, rawlen, tostring = type, next, pcall, error, rawget, rawlen, tostring
local utf8len = utf8.len

local MAX_DEPTH = 128

-- Copies as a trip through JSON would (§2): sequences lose their other keys, bad text becomes "". Raises on functions.
local function json_copy(value, depth)
  local t = type(value)
  if t == "table" then
    if depth > MAX_DEPTH then error("Cannot convert recursive Lua table to JSON", 0) end
    local out, length = {}, rawlen(value)
    if length > 0 then
      for i = 1, length do out[i] = json_copy(value[i], depth + 1) end
      return out
    end
    for key, member in next, value do
      if type(key) == "number" then key = tostring(key) end
      if type(key) ~= "string" then error("Table key: error converting Lua " .. type(key) .. " to String (expected string or number)", 0) end
      out[key] = json_copy(member, depth + 1)
    end
    return out
  elseif t == "string" then
    return utf8len(value) and value or ""
  elseif t == "number" then
    if value ~= value or value == 1 / 0 or value == -1 / 0 then return nil end
    return value
  elseif t == "boolean" or t == "nil" then
    return value
  end
  error("Cannot convert Lua " .. t .. " to JSON", 0)
end

-- An object, or an empty table for everything else.
local function object_copy(value)
  if type(value) ~= "table" or next(value) == nil or rawlen(value) > 0 then return {} end
  local ok, copy = pcall(json_copy, value, 1)
  return ok and copy or {}
end

local request_fields = { "request_id", "client_name", "transport_name", "session_id" }
local client_fields = { "kind", "name", "version" }

local function strings_only(source, fields, out)
  for i = 1, #fields do
    local value = rawget(source, fields[i])
    if value ~= nil and type(value) ~= "string" then return nil end
    out[fields[i]] = value
  end
  return out
end

-- A request context in its own shape, or nil when the table no longer has it (§5.2).
local function request_copy(request)
  if type(request) ~= "table" or next(request) == nil or rawlen(request) > 0 then return nil end
  local ok, source = pcall(json_copy, request, 1)
  if not ok then return nil end
  local out = strings_only(source, request_fields, {})
  if not out then return nil end
  if source.client_info ~= nil then
    if type(source.client_info) ~= "table" then return nil end
    out.client_info = strings_only(source.client_info, client_fields, {})
    if not out.client_info then return nil end
  end
  local capabilities = source.client_capabilities
  if capabilities == nil then capabilities = {} end
  out.client_capabilities = capabilities
  return out
end

primitives.exports.scope_copies = { json = json_copy, object = object_copy, request = request_copy }
