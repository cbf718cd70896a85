-- Timers and tickers: channels that the host feeds, in userdata of their own.
local host, primitives = ...
local kit = primitives.exports.modules
local newuserdata, setmetatable = primitives.newuserdata, primitives.setmetatable
local error, type, format, pairs = error, type, string.format, pairs

local states = setmetatable({}, { __mode = "k" })

local function define(name)
  local methods = {}
  local metatable = { __name = name, __metatable = false, __index = methods }
  metatable.__tostring = function(self) return name .. (states[self].tag and "{}" or "{stopped}") end
  local function state_of(self, method)
    local state = states[self]
    if state and state.name == name then return state end
    error(format("calling '%s' on bad self (%s expected, got %s)", method, name, type(self)), 3)
  end
  function methods.response(self) return state_of(self, "response").channel end
  methods.channel = methods.response
  function methods.stop(self)
    local state = state_of(self, "stop")
    local tag = state.tag
    state.tag = nil
    return tag ~= nil and kit.cancel(tag)
  end
  return methods, function(state)
    local made = newuserdata(metatable)
    state.name, state.channel = name, kit.new_channel(1)
    states[made] = state
    return made
  end
end

local timer_methods, new_timer = define("time.Timer")
local _, new_ticker = define("time.Ticker")

function timer_methods.reset(self, duration)
  local state = states[self]
  if not state or state.name ~= "time.Timer" then error("calling 'reset' on bad self (time.Timer expected, got " .. type(self) .. ")", 2) end
  local tag, err = host.start("timer", false, duration)
  if not tag then return nil, err end
  local active = state.tag ~= nil and kit.cancel(state.tag)
  state.tag = tag
  kit.attach(state.channel, tag)
  return active
end

local module = {}
for name, value in pairs(host) do module[name] = value end
module.start, module.zones = nil, nil
module.utc, module.localtz = host.zones()

function module.after(duration)
  local tag, err = host.start("after", false, duration)
  if not tag then return nil, err end
  local channel = kit.new_channel(1)
  kit.attach(channel, tag)
  return channel
end

local function starting(what, again, make)
  return function(duration)
    local tag, err = host.start(what, again, duration)
    if not tag then return nil, err end
    local state = { tag = tag }
    local made = make(state)
    kit.attach(state.channel, tag)
    return made
  end
end
module.timer = starting("timer", false, new_timer)
module.ticker = starting("ticker", true, new_ticker)

return module
