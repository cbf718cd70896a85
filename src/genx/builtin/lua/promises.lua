-- Promises (genx.md §2.4). The host knows an operation by a number; an object keeps what it said, so that it can be asked
-- again. Unlike upstream's, which forget.
local host, primitives = ...
local type, select, next, setmetatable, math_max = type, select, next, setmetatable, math.max
local pack, unpack = table.pack, table.unpack

local states = setmetatable({}, { __mode = "k" })
-- An operation nobody can ask about any more is dropped by the host, too.
local owner = { __gc = function(state) if state.id then host.forget(state.id) end end }

local function settle(state)
  if state.values then return state.values end
  local values
  if state.id then
    local id = state.id
    values = pack(state.read(host.wait(id)))
    if state.id then
      host.forget(id)
      state.id = nil
    end
  else
    values = pack(state.read())
  end
  state.values = state.values or values
  return state.values
end

local function is_settled(state)
  if state.values then return true end
  if state.id then return host.ready(state.id) end
  return state.ready()
end

local function methods(missing)
  local index = {}
  function index:await()
    local state = states[self]
    if not state then return nil, missing end
    local values = settle(state)
    return unpack(values, 1, values.n)
  end
  function index:is_ready()
    local state = states[self]
    return not state or is_settled(state)
  end
  return index
end

local promise = methods("promise not found")
local timeout = methods("timeout promise not found")

-- False when it has fired or was cancelled before.
function timeout:cancel()
  local state = states[self]
  if not state or not state.id then return false end
  return host.cancel(state.id)
end

local metatables = { promise = { __index = promise, __name = "promise" }, timeout = { __index = timeout, __name = "timeout" } }

local function create(kind, state)
  local object = setmetatable({}, metatables[kind])
  states[object] = state
  return object
end

local promises = {}

-- `read(ok, value)` turns what the host answers into the values of `await`; a failure is `nil, message`.
function promises.of(id, read)
  local state = primitives.setmetatable({ id = id }, owner)
  state.read = read or function(ok, value)
    if ok then return value end
    return nil, value
  end
  return create("promise", state)
end

function promises.failed(message)
  return create("promise", { values = { nil, message, n = 2 } })
end

function promises.sleep(ms)
  if type(ms) ~= "number" then ms = 0 end
  return promises.of(host.timer(math_max(0, ms)), function() return nil end)
end

function promises.timeout(ms)
  if type(ms) ~= "number" then ms = 0 end
  local state = primitives.setmetatable({ id = host.timer(math_max(0, ms)) }, owner)
  state.read = function(_, cancelled) return { cancelled = cancelled == true } end
  return create("timeout", state)
end

-- What is no promise is left out.
local function given(...)
  local list = {}
  for i = 1, select("#", ...) do
    local state = type((select(i, ...))) == "table" and states[(select(i, ...))]
    if state then list[#list + 1] = state end
  end
  return list
end

-- The operations the host still runs for these promises.
local function operations(list, into)
  for _, state in next, list do
    if not state.values then
      if state.id then into[#into + 1] = state.id elseif state.list then operations(state.list, into) end
    end
  end
  return into
end

function promises.all(...)
  local list = given(...)
  local state = { list = list }
  function state.ready()
    for i = 1, #list do
      if not is_settled(list[i]) then return false end
    end
    return true
  end
  function state.read()
    local values, first_error = {}, nil
    for i = 1, #list do
      local answer = settle(list[i])
      local value, err = answer[1], answer[2]
      if err ~= nil then
        values[i] = { err = err }
        if first_error == nil then first_error = err end
      else
        values[i] = value
      end
    end
    return values, first_error
  end
  return create("promise", state)
end

function promises.any(...)
  local list = given(...)
  local state = { list = list }
  local function first()
    for i = 1, #list do
      if is_settled(list[i]) then return list[i] end
    end
  end
  function state.ready() return #list == 0 or first() ~= nil end
  function state.read()
    if #list == 0 then return nil end
    local winner = first()
    while not winner do
      host.wait_any(operations(list, {}))
      winner = first()
    end
    local values = settle(winner)
    return values[1], values[2]
  end
  return create("promise", state)
end

return promises
