-- Values with the name of their format. A value of Lua stays the value it is.
local host, primitives = ...
local kit = primitives.exports.modules
local newuserdata, setmetatable = primitives.newuserdata, primitives.setmetatable
local error, type = error, type

local format = {
  JSON = "json/plain",
  YAML = "yaml/plain",
  STRING = "text/plain",
  BYTES = "application/octet-stream",
  MSGPACK = "application/msgpack",
  LUA = "lua/any",
  GOLANG = "golang/any",
  ERROR = "golang/error",
}

local states = setmetatable({}, { __mode = "k" })
local methods = {}
local metatable = { __name = "payload.Payload", __metatable = false, __index = methods }
metatable.__tostring = function(self) return "payload{format=" .. states[self].format .. "}" end

local function make(value, kind)
  local self = newuserdata(metatable)
  states[self] = { value = value, format = kind }
  return self
end

local function wrap(value) return make(value, kit.is_error(value) and format.ERROR or format.LUA) end

local function state_of(self, name)
  local state = states[self]
  if state then return state end
  error("calling '" .. name .. "' on bad self (payload.Payload expected, got " .. type(self) .. ")", 3)
end

function methods.get_format(self) return state_of(self, "get_format").format end

function methods.data(self)
  local state = state_of(self, "data")
  if state.format == format.JSON then return host.decode(state.value) end
  return state.value
end

methods.unmarshal = methods.data

function methods.transcode(self, to)
  local state = state_of(self, "transcode")
  if to == state.format then return self end
  local value = state.value
  if state.format == format.JSON then
    if to == format.STRING or to == format.BYTES then return make(value, to) end
    local err
    value, err = host.decode(value)
    if err then return nil, err end
  end
  if to == format.LUA then return make(value, to) end
  local err
  if to == format.JSON then
    value, err = host.encode(value)
    if err then return nil, err end
    return make(value, to)
  end
  if (to == format.STRING or to == format.BYTES) and (type(value) == "string" or type(value) == "number") then
    return make(value .. "", to)
  end
  return nil, kit.new_error("payload.transcode: no way from " .. state.format .. " to " .. (type(to) == "string" and to or type(to)), "Internal", false)
end

-- What futures hand out where this module is granted.
kit.payload = wrap

return { new = wrap, format = format }
