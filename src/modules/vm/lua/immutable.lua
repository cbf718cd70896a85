-- Tables that cannot be changed (host-modules.md §5): an empty proxy before the real one. `rawset`, `rawget`, `next` and
-- `setmetatable` know proxies; nothing else can reach behind one.
local host, primitives = ...
local setmetatable, exports = primitives.setmetatable, primitives.exports
local rawset, rawget, rawlen, next, type, error = rawset, rawget, rawlen, next, type, error
local kit = { secret = host.secret() }
exports.modules = kit

-- proxy → the table behind it; proxy → its name.
local behind = setmetatable({}, { __mode = "k" })
local names = setmetatable({}, { __mode = "k" })

local function complain(proxy, level)
  error("attempt to modify immutable table '" .. names[proxy] .. "'", level + 1)
end

-- Nested plain tables become immutable, too.
function kit.immutable(value, name)
  for key, member in next, value do
    if type(member) == "table" and not behind[member] then rawset(value, key, kit.immutable(member, name)) end
  end
  local proxy = {}
  behind[proxy] = value
  names[proxy] = name
  return setmetatable(proxy, {
    __index = value,
    __newindex = function(self) complain(self, 2) end,
    __pairs = function() return next, value, nil end,
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
function _G.next(table, ...) return next(behind[table] or table, ...) end
function _G.rawlen(value) return rawlen(behind[value] or value) end
