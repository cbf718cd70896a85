-- Channels and select (host-modules.md §8.5, §8.6) over the scheduler's queue.
local host, primitives = ...
local kit = primitives.exports.modules
local setmetatable, newuserdata = primitives.setmetatable, primitives.newuserdata
local push, park, here = kit.push, kit.park, kit.here
local error, type, format = error, type, string.format
local mathtype, remove = math.type, table.remove

-- channel → { capacity, buffer, first, last, senders, receivers, closed, on_close }
local states = setmetatable({}, { __mode = "k" })
local cases = setmetatable({}, { __mode = "k" })
local metatable = { __name = "channel", __metatable = false }
local methods = {}
metatable.__index = methods
metatable.__tostring = function(self) return states[self].closed and "channel.Channel{closed}" or "channel.Channel{}" end

local function state_of(self, name)
  local state = states[self]
  if state then return state end
  error(format("calling '%s' on bad self (channel expected, got %s)", name, self == nil and "no value" or type(self)), 3)
end

local function make(capacity)
  local channel = newuserdata(metatable)
  states[channel] = { self = channel, capacity = capacity, first = 1, last = 0, buffer = {}, senders = {}, receivers = {} }
  return channel
end

-- The first that still waits: a select that went on with another case does not.
local function take(waiters)
  while #waiters > 0 do
    local waiter = remove(waiters, 1)
    local choice = waiter.choice
    if not waiter.record.closed and not (choice and choice.over) then
      if choice then choice.over = true end
      return waiter
    end
  end
end

local function waits(waiters)
  for i = 1, #waiters do
    local waiter = waiters[i]
    if not waiter.record.closed and not (waiter.choice and waiter.choice.over) then return true end
  end
  return false
end

local function wake(waiter, state, value, ok)
  if waiter.choice then return push(waiter.record, { channel = state.self, value = value, ok = ok }) end
  if waiter.sends then return push(waiter.record, true) end
  return push(waiter.record, value, ok)
end

local function put(state, value)
  state.last = state.last + 1
  state.buffer[state.last] = { value }
end

local function pull(state)
  local value = state.buffer[state.first][1]
  state.buffer[state.first] = nil
  state.first = state.first + 1
  if state.first > state.last then state.first, state.last = 1, 0 end
  return value
end

local function filled(state) return state.last - state.first + 1 end

-- Both try at once: nil, or "now" (nobody else is concerned), or the waiter that goes on after the caller.
local function try_send(state, value)
  local receiver = take(state.receivers)
  if receiver then return receiver end
  if filled(state) < state.capacity then
    put(state, value)
    return "now"
  end
end

local function try_receive(state)
  if filled(state) > 0 then
    local value = pull(state)
    local sender = take(state.senders)
    if sender then put(state, sender.value) end
    return sender or "now", value, true
  end
  local sender = take(state.senders)
  if sender then return sender, sender.value, true end
  if state.closed then return "now", nil, false end
end

function methods.send(self, value)
  local state = state_of(self, "send")
  if state.closed then error("send on closed channel", 2) end
  local other = try_send(state, value)
  if other == "now" then return true end
  local record = here()
  if other then
    push(record, true)
    wake(other, state, value, true)
  else
    state.senders[#state.senders + 1] = { record = record, value = value, sends = true }
  end
  return park()
end

function methods.receive(self)
  local state = state_of(self, "receive")
  local other, value, ok = try_receive(state)
  if other == "now" then return value, ok end
  local record = here()
  if other then
    push(record, value, ok)
    wake(other, state, other.value, true)
  else
    state.receivers[#state.receivers + 1] = { record = record }
  end
  return park()
end

local function close(state)
  state.closed = true
  if state.on_close then state.on_close() end
  local woken = false
  for sender in take, state.senders do
    woken = true
    if sender.choice then wake(sender, state, nil, false)
    else push(sender.record, nil, kit.new_error("send on closed channel", "Invalid", false)) end
  end
  for receiver in take, state.receivers do
    woken = true
    wake(receiver, state, nil, false)
  end
  return woken
end

function methods.close(self)
  local state = state_of(self, "close")
  if state.closed or not close(state) then return end
  push(here())
  park()
end

function methods.case_receive(self)
  local case = newuserdata({ __name = "channel.Case", __metatable = false })
  cases[case] = { state = state_of(self, "case_receive") }
  return case
end

function methods.case_send(self, value)
  local case = newuserdata({ __name = "channel.Case", __metatable = false })
  cases[case] = { state = state_of(self, "case_send"), sends = true, value = value }
  return case
end

local channel = {}

function channel.new(capacity)
  if capacity == nil then capacity = 0 end
  if mathtype(capacity) ~= "integer" then
    local mistake = type(capacity) == "number" and "number has no integer representation"
    error("bad argument #1 to 'new' (" .. (mistake or "number expected, got " .. type(capacity)) .. ")", 2)
  end
  if capacity < 0 then error("bad argument #1 to 'new' (the size of a channel cannot be negative)", 2) end
  return make(capacity)
end

local function select_now(list, has_default)
  if type(list) ~= "table" then
    error("bad argument #1 to 'select' (table expected, got " .. (list == nil and "no value" or type(list)) .. ")", 3)
  end
  has_default = has_default == true or list.default == true
  for i = 1, #list do
    local case = cases[list[i]]
    if not case then error(format("bad argument #1 to 'select' (case %d is no case of a channel)", i), 3) end
    local state = case.state
    if case.sends then
      if state.closed then error("send on closed channel", 3) end
      local other = try_send(state, case.value)
      if other then
        local result = { channel = state.self, value = case.value, ok = true }
        if other == "now" then return result end
        push(here(), result)
        wake(other, state, case.value, true)
        return nil
      end
    else
      local other, value, ok = try_receive(state)
      if other then
        local result = { channel = state.self, value = value, ok = ok }
        if other == "now" then return result end
        push(here(), result)
        wake(other, state, other.value, true)
        return nil
      end
    end
  end
  if has_default then return { default = true, ok = true } end
  local choice, record = { over = false }, here()
  for i = 1, #list do
    local case = cases[list[i]]
    local waiters = case.sends and case.state.senders or case.state.receivers
    waiters[#waiters + 1] = { record = record, choice = choice, value = case.value, sends = case.sends }
  end
  return nil
end

function channel.select(list, has_default)
  local result = select_now(list, has_default)
  if result then return result end
  return park()
end

-- Takes no more from a source.
function kit.cancel(tag)
  kit.forget(tag)
  return host.cancel(tag)
end

-- ── channels the host feeds ──────────────────────────────────────────────────────────────────────────────────────

-- One value when `ok`; drops it when nobody reads and the buffer is full. The end closes it.
function kit.attach(self, tag)
  local state = states[self]
  state.on_close = function()
    kit.cancel(tag)
  end
  kit.feed(tag, function(over, ...)
    local value = kit.finish(...)
    if value ~= nil then kit.offer(self, value) end
    if over then
      kit.forget(tag)
      if over == "close" and not state.closed then
        state.on_close = nil
        close(state)
      end
    end
  end)
end

function kit.feed_channel(tag, size)
  local self = make(size)
  kit.attach(self, tag)
  return self
end

-- A value for whoever reads; dropped when nobody does and the buffer is full.
-- Answers whether it was taken.
function kit.offer(self, value)
  local state = states[self]
  if state.closed then return false end
  local receiver = try_send(state, value)
  if receiver and receiver ~= "now" then wake(receiver, state, value, true) end
  return receiver ~= nil
end

-- Closed from the host's side: nobody waits for it.
function kit.end_channel(self)
  local state = states[self]
  if not state.closed then close(state) end
end

kit.new_channel = make
kit.channel = kit.immutable(channel, "channel")
