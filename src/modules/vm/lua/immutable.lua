-- Tables that cannot be changed (host-modules.md §5): an empty proxy before the real one. What looks past metatables (`next`,
-- `rawset` and their like, `ipairs`, the table library) knows proxies; nothing answers the table behind one.
local host, primitives = ...
local setmetatable, exports = primitives.setmetatable, primitives.exports
local rawset, rawget, rawlen, next, type, error = rawset, rawget, rawlen, next, type, error
local select, pcall, ipairs, table = select, pcall, ipairs, table
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

local function next_behind(proxy, ...) return next(behind[proxy] or proxy, ...) end

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

function _G.rawset(table, ...)
  if behind[table] then complain(table, 2) end
  return rawset(table, ...)
end

function _G.rawget(table, ...) return rawget(behind[table] or table, ...) end
_G.next = next_behind
function _G.rawlen(value) return rawlen(behind[value] or value) end

local function check_list(name, ...)
  if type((...)) == "table" then return end
  local got = select("#", ...) == 0 and "no value" or type((...))
  error("bad argument #1 to '" .. name .. "' (table expected, got " .. got .. ")", 3)
end

-- `f` of a list behind a proxy.
local function reads(name, f)
  return function(...)
    local list = ...
    check_list(name, ...)
    local real = behind[list]
    if real then return f(real, select(2, ...)) end
    return f(...)
  end
end

local function writes(name, f)
  return function(...)
    local list = ...
    if behind[list] then complain(list, 2) end
    check_list(name, ...)
    return f(...)
  end
end

-- For programs; what is set up before keeps the functions as they are.
function kit.guard_lists()
  for _, name in ipairs({ "maxn", "foreach" }) do table[name] = table[name] and reads(name, table[name]) end
  for _, name in ipairs({ "insert", "remove", "sort" }) do table[name] = writes(name, table[name]) end

  -- Its mistakes are about what is in the list: they keep the line of the caller.
  local concat = table.concat
  function table.concat(...)
    local list = ...
    check_list("concat", ...)
    local ok, text = pcall(concat, behind[list] or list, select(2, ...))
    if ok then return text end
    error(text, 2)
  end

  local unpack = reads("unpack", table.unpack)
  table.unpack, _G.unpack = unpack, _G.unpack and unpack

  local move = table.move
  function table.move(from, first, last, at, to)
    if behind[to or from] then complain(to or from, 2) end
    check_list("move", from)
    return move(behind[from] or from, first, last, at, to or from)
  end
end
