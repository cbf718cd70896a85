-- Futures and executors over two host functions: `call` waits, `start` answers the number of a feed.
local host, primitives = ...
local kit = primitives.exports.modules
local newuserdata, setmetatable = primitives.newuserdata, primitives.setmetatable
local error, type = error, type

local states = setmetatable({}, { __mode = "k" })
local methods = {}
local metatable = { __name = "funcs.Future", __metatable = false, __index = methods }
metatable.__tostring = function(self)
  local state = states[self]
  return "funcs.Future{" .. (state.canceled and "canceled" or state.complete and "complete" or "pending") .. "}"
end

local function state_of(self, name)
  local state = states[self]
  if not state then error("calling '" .. name .. "' on bad self (funcs.Future expected, got " .. type(self) .. ")", 3) end
  kit.pump()
  return state
end

function methods.response(self) return state_of(self, "response").channel end
methods.channel = methods.response
function methods.is_complete(self) return state_of(self, "is_complete").complete == true end
function methods.is_canceled(self) return state_of(self, "is_canceled").canceled == true end

function methods.result(self)
  local state = state_of(self, "result")
  if state.canceled then return nil, kit.new_error("the call was canceled", "Canceled", false) end
  if not state.complete then return nil, nil end
  return state.value, state.err
end

function methods.error(self)
  local state = state_of(self, "error")
  if state.err then return state.err, true end
  return nil, false
end

function methods.cancel(self)
  local state = state_of(self, "cancel")
  if state.complete or state.canceled then return false end
  state.canceled = true
  state.err = kit.new_error("the call was canceled", "Canceled", false)
  kit.cancel(state.tag)
  state.channel:close()
  return true
end

local function start(executor, ...)
  local tag, err = host.async(executor, ...)
  if not tag then return nil, err end
  local self = newuserdata(metatable)
  local state = { tag = tag, channel = kit.new_channel(1) }
  states[self] = state
  kit.feed(tag, function(over, ...)
    if over == false then
      local outcome = kit.finish(...)
      state.complete = true
      state.value, state.err = outcome.value, outcome.error
      if state.err then kit.offer(state.channel, state.err) else kit.offer(state.channel, kit.payload and kit.payload(state.value) or state.value) end
    else
      kit.forget(tag)
    end
  end)
  return self
end

-- `with_…` methods are the host's; `call` and `async` are added to the same userdata.
local call = host.call
kit.add_methods("funcs.Executor", { call = call, async = start })

return {
  call = function(...) return call(nil, ...) end,
  async = function(...) return start(nil, ...) end,
  new = host.executor,
}
