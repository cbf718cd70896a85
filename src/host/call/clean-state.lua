-- A VM for code of the host serves one run after the other, and none may see what another left: everything reachable from
-- the globals is written down while nothing foreign has run, and put back after every run.
local host, primitives = ...
local exports = primitives.exports
local getmetatable, setmetatable = primitives.debug.getmetatable, primitives.debug.setmetatable
local _G, next, type, rawget, rawset, rawequal = _G, next, type, rawget, rawset, rawequal

-- Members that a run may leave behind; a VM with more is cheaper made anew.
local MOST <const> = 10000

local tables, contents, metatables, sizes, count = {}, {}, {}, {}, 0
local seen = {}

local function remember(value)
  if type(value) ~= "table" or seen[value] then return end
  seen[value] = true
  local members, size = {}, 0
  for key, member in next, value do members[key], size = member, size + 1 end
  count = count + 1
  tables[count], contents[count], metatables[count], sizes[count] = value, members, getmetatable(value), size
  remember(metatables[count])
  for key, member in next, members do
    remember(key)
    remember(member)
  end
end

remember(_G)
-- The one metatable of a type that code gets hold of.
remember(getmetatable(""))
seen = nil

-- Answers whether the VM is as it was; false: it has to go.
exports.clean_state = function()
  -- A module of this package that was loaded on demand keeps its tables.
  if next(exports.bundled) ~= nil then return false end
  local strange = 0
  for i = 1, count do
    local table, members = tables[i], contents[i]
    if getmetatable(table) ~= metatables[i] then setmetatable(table, metatables[i]) end
    local known = 0
    for key, member in next, table do
      local before = members[key]
      if before == nil then
        strange = strange + 1
        if strange > MOST then return false end
      else
        known = known + 1
      end
      if not rawequal(before, member) then rawset(table, key, before) end
    end
    if known < sizes[i] then
      for key, member in next, members do
        if rawget(table, key) == nil then rawset(table, key, member) end
      end
    end
  end
  return true
end
