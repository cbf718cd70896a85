-- Members and leniencies of the 5.1 libraries (vulcan-api.md §16.2, §16.3).
local host, primitives = ...
-- Not called `error`: that global is redefined below.
local raise, type, select, tostring, tonumber, next = error, type, select, tostring, tonumber, next
local mathtype, rawget, rawset, rawlen, load = math.type, rawget, rawset, rawlen, load

local function bad_argument(position, name, wanted, value)
  raise("bad argument #" .. position .. " to '" .. name .. "' (" .. wanted .. " expected, got " .. type(value) .. ")", 3)
end

-- ── globals ──────────────────────────────────────────────────────────────────────────────────────────────────────

unpack = table.unpack

function loadstring(text, name)
  if type(text) == "number" then text = tostring(text) end
  if type(text) ~= "string" then bad_argument(1, "loadstring", "string", text) end
  if name ~= nil and type(name) ~= "string" and type(name) ~= "number" then bad_argument(2, "loadstring", "string", name) end
  return load(text, name)
end

local getinfo, is_open, real_level = primitives.debug.getinfo, primitives.is_open, primitives.real_level

-- A number becomes the text a string would have become: with its position, unless the level is 0. At a level of the host
-- there is no position, as at one of C's in the reference.
function error(message, level)
  level = level == nil and 1 or tonumber(level) or level
  if type(level) == "number" and level > 1 and level < 1000 then
    local real = real_level(level // 1)
    local at = real and getinfo(real, "f")
    level = at and is_open(at.func) and real - 1 or 0
  end
  if mathtype(message or "") and level ~= 0 then message = tostring(message) end
  raise(message, type(level) == "number" and level > 0 and level + 1 or level)
end

local getmetatable = primitives.debug.getmetatable

-- Plain 5.4 takes anything, and fails at the first step with a text that names nothing, or not at all.
local ipairs = ipairs
function _G.ipairs(list)
  local metatable = getmetatable(list)
  local by = metatable and rawget(metatable, "__ipairs")
  if by ~= nil then
    local step, state, first = by(list)
    return step, state, first
  end
  if type(list) ~= "table" then bad_argument(1, "ipairs", "table", list) end
  return ipairs(list)
end

if collectgarbage then
  local collectgarbage = collectgarbage
  function gcinfo() return collectgarbage("count") end
end

local newuserdata = primitives.newuserdata

function newproxy(with)
  if with == nil or type(with) == "boolean" then return newuserdata({}) end
  local metatable = type(with) == "userdata" and getmetatable(with)
  if not metatable or rawget(metatable, "__metatable") ~= nil then raise("bad argument #1 to 'newproxy' (boolean or proxy expected)", 2) end
  -- As with tables: `__gc` is a field like any other, looked for only while the metatable is set.
  local finaliser = rawget(metatable, "__gc")
  rawset(metatable, "__gc", nil)
  local proxy = newuserdata(metatable)
  rawset(metatable, "__gc", finaliser)
  return proxy
end

-- ── table ────────────────────────────────────────────────────────────────────────────────────────────────────────

local insert, remove = table.insert, table.remove

function table.insert(list, ...)
  local count = select("#", ...)
  if type(list) ~= "table" then bad_argument(1, "insert", "table", list) end
  if count == 1 then return insert(list, (...)) end
  if count ~= 2 then raise("wrong number of arguments to 'insert'", 2) end
  local position, value = ...
  local size = rawlen(list)
  if mathtype(position or "") ~= "integer" then
    local number = tonumber(position)
    if not number or number - number ~= 0 then bad_argument(2, "insert", "number", position) end
    position = number < 0 and -(-number // 1) or number // 1
  end
  if position >= 1 and position <= size + 1 then return insert(list, position, value) end
  -- Beyond the end nothing moves; before the start everything from there on does.
  for i = size + 1, position + 1, -1 do rawset(list, i, rawget(list, i - 1)) end
  rawset(list, position, value)
end

function table.remove(list, position)
  if type(list) ~= "table" then bad_argument(1, "remove", "table", list) end
  local size = #list
  if position == nil then
    if size == 0 then return end
    return remove(list)
  end
  if mathtype(position) ~= "integer" then
    local number = tonumber(position)
    if not number or number - number ~= 0 then bad_argument(2, "remove", "number", position) end
    position = number < 0 and -(-number // 1) or number // 1
  end
  if position < 1 or position > size then return end
  return remove(list, position)
end

function table.getn(list)
  if type(list) ~= "table" then bad_argument(1, "getn", "table", list) end
  return #list
end

function table.maxn(list)
  if type(list) ~= "table" then bad_argument(1, "maxn", "table", list) end
  local largest = 0
  for key in next, list do
    if type(key) == "number" and key > largest then largest = key end
  end
  return largest
end

function table.foreach(list, visit)
  if type(list) ~= "table" then bad_argument(1, "foreach", "table", list) end
  if type(visit) ~= "function" then bad_argument(2, "foreach", "function", visit) end
  for key, value in next, list do
    local result = visit(key, value)
    if result ~= nil then return result end
  end
end

function table.foreachi(list, visit)
  if type(list) ~= "table" then bad_argument(1, "foreachi", "table", list) end
  if type(visit) ~= "function" then bad_argument(2, "foreachi", "function", visit) end
  for i = 1, #list do
    local result = visit(i, list[i])
    if result ~= nil then return result end
  end
end

-- ── string ───────────────────────────────────────────────────────────────────────────────────────────────────────

string.gfind = string.gfind or string.gmatch

string.dump = string.dump or function()
  raise("string.dump is not available: this runtime loads Lua text, never bytecode", 2)
end

-- ── jit ──────────────────────────────────────────────────────────────────────────────────────────────────────────

local function nothing() end

-- The host's stdlib prelude puts its own os and arch here, so that they agree with vulcan.os.info().
jit = {
  version = "LuaJIT 2.1 (compat)",
  version_num = 20199,
  os = "Linux",
  arch = "x64",
  status = function() return false end,
  on = nothing,
  off = nothing,
  flush = nothing,
  opt = { start = nothing },
}

-- ── modules ──────────────────────────────────────────────────────────────────────────────────────────────────────

-- What comes with LuaJIT and has to be required. As there, requiring one makes it a member of its library, too.
local modules, table, jit, load = {}, table, jit, primitives.load

modules["table.new"] = function()
  table.new = table.new or function() return {} end
  return table.new
end

modules["table.clear"] = function()
  table.clear = table.clear or function(list)
    if type(list) ~= "table" then bad_argument(1, "clear", "table", list) end
    for key in next, list do list[key] = nil end
  end
  return table.clear
end

modules["jit.opt"] = function() return jit.opt end

for _, name in ipairs({ "string.buffer", "jit.util" }) do
  modules[name] = function() return load(host.modules(), "=luajit", "t")(primitives)[name]() end
end

primitives.exports.modules = modules
for name, loader in next, modules do package.preload[name] = loader end
