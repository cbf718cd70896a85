-- A subscription: a channel the host feeds, and its end.
local host, primitives = ...
local kit = primitives.exports.modules
local newuserdata, setmetatable = primitives.newuserdata, primitives.setmetatable
local error, type = error, type

local states = setmetatable({}, { __mode = "k" })
local methods = {}
local metatable = { __name = "events.Subscription", __metatable = false, __index = methods }
metatable.__tostring = function(self) return states[self].tag and "events.Subscription{}" or "events.Subscription{closed}" end

local function state_of(self, name)
  local state = states[self]
  if state then return state end
  error("calling '" .. name .. "' on bad self (events.Subscription expected, got " .. type(self) .. ")", 3)
end

function methods.channel(self) return state_of(self, "channel").channel end

function methods.close(self)
  local state = state_of(self, "close")
  if not state.tag then return true end
  kit.cancel(state.tag)
  state.tag = nil
  state.channel:close()
  return true
end

return {
  send = host.send,
  subscribe = function(...)
    local tag, err = host.subscribe(...)
    if not tag then return nil, err end
    local self = newuserdata(metatable)
    states[self] = { tag = tag, channel = kit.new_channel(64) }
    kit.attach(states[self].channel, tag)
    return self
  end,
}
