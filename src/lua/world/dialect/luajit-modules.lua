-- string.buffer and jit.util: modules that come with LuaJIT, fetched when one is required.
local primitives = ...
local string, table, jit, error, type, select, tonumber, tostring, next = string, table, jit, error, type, select, tonumber, tostring, next
local concat, format, sub, getinfo, setmetatable = table.concat, string.format, string.sub, debug.getinfo, setmetatable
local newuserdata, getmetatable, ipairs = primitives.newuserdata, getmetatable, ipairs
local modules = {}

modules["jit.util"] = function()
  jit.util = jit.util or {
    funcinfo = function(f)
      if type(f) ~= "function" then error("bad argument #1 to 'funcinfo' (function expected, got " .. type(f) .. ")", 2) end
      local info = getinfo(f, "Su")
      if info.what == "C" then return { upvalues = info.nups } end
      return {
        source = info.source, linedefined = info.linedefined, lastlinedefined = info.lastlinedefined,
        loc = info.short_src .. ":" .. info.linedefined, params = info.nparams, isvararg = info.isvararg,
        upvalues = info.nups, currentline = info.linedefined,
      }
    end,
    traceinfo = function() end,
  }
  return jit.util
end

-- ── string.buffer ────────────────────────────────────────────────────────────────────────────────────────────────

-- What each buffer holds: `n` pieces and their length together.
local states = setmetatable({}, { __mode = "k" })

local function held(buffer, method)
  local state = states[buffer]
  if not state then error("bad argument #1 to '" .. method .. "' (buffer expected, got " .. type(buffer) .. ")", 3) end
  return state
end

local function content(state)
  if state.n ~= 1 then
    local text = concat(state, "", 1, state.n)
    for i = 2, state.n do state[i] = nil end
    state[1], state.n = text, 1
  end
  return state[1]
end

local function empty(state)
  for i = 1, state.n do state[i] = nil end
  state.n, state.length = 0, 0
end

local function append(state, text)
  state.n = state.n + 1
  state[state.n] = text
  state.length = state.length + #text
end

-- The number of bytes an argument means, at most `most`.
local function amount(value, position, method, most)
  local number = tonumber(value)
  if not number then error("bad argument #" .. position .. " to '" .. method .. "' (number expected, got " .. type(value) .. ")", 3) end
  number = number // 1
  if number < 0 then error("bad argument #" .. position .. " to '" .. method .. "' (number out of range)", 3) end
  return number < most and number or most
end

local function drop(state, count)
  local rest = sub(content(state), count + 1)
  empty(state)
  append(state, rest)
end

local methods = {}

function methods.put(buffer, ...)
  local state = held(buffer, "put")
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    local kind = type(value)
    if kind ~= "string" then
      if states[value] then
        value = content(states[value])
      elseif kind == "number" or getmetatable(value) and kind ~= "nil" then
        value = tostring(value)
      else
        error("bad argument #" .. i .. " to 'put' (string expected, got " .. kind .. ")", 2)
      end
    end
    append(state, value)
  end
  return buffer
end

function methods.putf(buffer, text, ...)
  append(held(buffer, "putf"), format(text, ...))
  return buffer
end

function methods.set(buffer, text)
  local state = held(buffer, "set")
  if type(text) ~= "string" then error("bad argument #1 to 'set' (string expected, got " .. type(text) .. ")", 2) end
  empty(state)
  append(state, text)
  return buffer
end

function methods.reset(buffer)
  empty(held(buffer, "reset"))
  return buffer
end

function methods.free(buffer) empty(held(buffer, "free")) end

function methods.tostring(buffer) return content(held(buffer, "tostring")) end

function methods.skip(buffer, count)
  local state = held(buffer, "skip")
  drop(state, amount(count, 1, "skip", state.length))
  return buffer
end

-- Takes what is asked for from the front: everything, or a string for each number given.
function methods.get(buffer, ...)
  local state = held(buffer, "get")
  local wanted = select("#", ...)
  if wanted == 0 then
    local text = content(state)
    empty(state)
    return text
  end
  local out = {}
  for i = 1, wanted do
    local count = select(i, ...)
    count = count == nil and state.length or amount(count, i, "get", state.length)
    out[i] = sub(content(state), 1, count)
    drop(state, count)
  end
  return table.unpack(out, 1, wanted)
end

local function needs_ffi(name)
  return function() error("string.buffer: " .. name .. " is not available: this runtime has no FFI", 2) end
end

for _, name in ipairs({ "commit", "reserve", "ref", "putcdata" }) do methods[name] = needs_ffi(name) end

local function no_serialiser() error("string.buffer: encode and decode are not available here; use vulcan.json", 2) end

methods.encode, methods.decode = no_serialiser, no_serialiser

local metatable = {
  __index = methods,
  __metatable = "buffer",
  __tostring = function(buffer) return content(states[buffer]) end,
  __len = function(buffer) return states[buffer].length end,
  __concat = function(left, right) return tostring(left) .. tostring(right) end,
}

modules["string.buffer"] = function()
  string.buffer = string.buffer or {
    -- A size and options are hints for an allocator this has not got.
    new = function()
      local buffer = newuserdata(metatable)
      states[buffer] = { n = 0, length = 0 }
      return buffer
    end,
    encode = no_serialiser,
    decode = no_serialiser,
  }
  return string.buffer
end

return modules
