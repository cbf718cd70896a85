-- Tables that cannot be changed (host-modules.md §5): an empty proxy before the real one. What looks past metatables (`next`,
-- `rawset` and their like, `ipairs`, the table library) knows proxies; nothing answers the table behind one.
local host, primitives = ...
local setmetatable, exports = primitives.setmetatable, primitives.exports
local rawset, rawget, rawlen, next, type, error = rawset, rawget, rawlen, next, type, error
local select, pcall, ipairs, table, find, gsub = select, pcall, ipairs, table, string.find, string.gsub
local getinfo = primitives.debug.getinfo
local kit = { secret = host.secret() }
exports.modules = kit

-- proxy → the table behind it; proxy → what whoever would change it is told.
local behind = setmetatable({}, { __mode = "k" })
local complaints = setmetatable({}, { __mode = "k" })

local function complain(proxy, level) error(complaints[proxy], level + 1) end

-- `proxy`, which is empty, stands before `real` from now on.
function kit.stand_before(real, proxy, complaint)
  behind[proxy] = real
  complaints[proxy] = complaint
end

-- How functions of C begin when they complain of their caller; whatever else they fail with has its place, or never one.
local complaints_of_c = {
  "^bad argument #",
  "^wrong number of arguments to ",
  "^invalid value %(",
  "^invalid order function ",
  "^too many results ",
}

-- What pcall answered. Being C it gives no place: a complaint gets the line of whoever called the wrapper, gone by a tail call.
local function answered(name, ok, ...)
  if ok then return ... end
  local mistake = ...
  if type(mistake) == "string" then
    for _, pattern in ipairs(complaints_of_c) do
      if find(mistake, pattern) then error(gsub(mistake, "'%?'", "'" .. name .. "'", 1), 2) end
    end
  end
  error(mistake, 0)
end

-- `f` for a wrapper that calls it by a tail call, and whose mistakes are told at the line of the wrapper's caller. What is written
-- in Lua does that by itself; C would name the wrapper.
local function forwarded(name, f)
  if getinfo(f, "S").what ~= "C" then return f end
  return function(...) return answered(name, pcall(f, ...)) end
end

local careful_next = forwarded("next", next)

local function next_behind(...)
  local table, key = ...
  if type(table) == "table" then return next(behind[table] or table, key) end
  return careful_next(...)
end

local function item_behind(proxy, i)
  i = i + 1
  local item = behind[proxy][i]
  if item ~= nil then return i, item end
end

function kit.ipairs(proxy) return item_behind, proxy, 0 end

-- Nested plain tables become immutable, too.
function kit.immutable(value, name)
  for key, member in next, value do
    if type(member) == "table" and not behind[member] then rawset(value, key, kit.immutable(member, name)) end
  end
  local proxy = {}
  kit.stand_before(value, proxy, "attempt to modify immutable table '" .. name .. "'")
  return setmetatable(proxy, {
    __index = value,
    __newindex = function(self) complain(self, 2) end,
    __pairs = function(self) return next_behind, self, nil end,
    __ipairs = kit.ipairs,
    __len = function() return #value end,
    __metatable = false,
  })
end

function kit.behind(value) return behind[value] or value end

local careful = { rawset = forwarded("rawset", rawset), rawget = forwarded("rawget", rawget), rawlen = forwarded("rawlen", rawlen) }

function _G.rawset(...)
  local table = ...
  if behind[table] then complain(table, 2) end
  if type(table) == "table" and select("#", ...) > 2 then return rawset(...) end
  return careful.rawset(...)
end

function _G.rawget(...)
  local table = ...
  if type(table) == "table" and select("#", ...) > 1 then return rawget(behind[table] or table, select(2, ...)) end
  return careful.rawget(...)
end

_G.next = next_behind

function _G.rawlen(...)
  local value = ...
  if type(value) == "table" then return rawlen(behind[value] or value) end
  return careful.rawlen(...)
end

-- `f` of a list behind a proxy.
local function reads(name, f)
  f = forwarded(name, f)
  return function(...)
    local real = behind[(...)]
    if real then return f(real, select(2, ...)) end
    return f(...)
  end
end

local function writes(name, f)
  f = forwarded(name, f)
  return function(...)
    local list = ...
    if behind[list] then complain(list, 2) end
    return f(...)
  end
end

-- For programs; what is set up before keeps the functions as they are.
function kit.guard_lists()
  for _, name in ipairs({ "concat", "maxn", "foreach", "unpack" }) do table[name] = table[name] and reads(name, table[name]) end
  for _, name in ipairs({ "insert", "remove", "sort" }) do table[name] = writes(name, table[name]) end
  _G.unpack = _G.unpack and table.unpack

  local move = forwarded("move", table.move)
  function table.move(...)
    local from, _, _, _, to = ...
    local changed = to == nil and from or to
    if behind[changed] then complain(changed, 2) end
    if behind[from] then return move(behind[from], select(2, ...)) end
    return move(...)
  end
end
