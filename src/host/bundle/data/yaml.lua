-- lyaml: YAML documents to Lua values and back.
local host, primitives = ...
local table = table
local bundled = primitives.exports.bundled
local error, type, tostring, setmetatable, ipairs, next, huge = error, type, tostring, setmetatable, ipairs, next, math.huge
local math_type, getmetatable = math.type, primitives.debug.getmetatable

local null = setmetatable({}, { _type = "LYAML null", __tostring = function() return "null" end })
local function is_null(value)
  local metatable = type(value) == "table" and getmetatable(value)
  return value == nil or value == null or (type(metatable) == "table" and metatable._type == "LYAML null")
end

-- Nodes: { k = "map", p = { key, value, … } }, { k = "seq", i = … }, { k = "null" }, { k = "ref", id }, or a scalar.
local function from_nodes(node, shared)
  if type(node) ~= "table" then return node end
  if node.k == "null" then return null end
  if node.k == "ref" then return shared[node.id] end
  local result = {}
  if node.id then shared[node.id] = result end
  if node.k == "seq" then
    for i, item in ipairs(node.i) do result[i] = from_nodes(item, shared) end
    return result
  end
  local merged = {}
  for i = 1, #node.p, 2 do
    local key, value = from_nodes(node.p[i], shared), from_nodes(node.p[i + 1], shared)
    if key == "<<" and node.merge then
      merged[#merged + 1] = value
    else
      result[key] = value
    end
  end
  for _, value in ipairs(merged) do
    local list = value[1] ~= nil and value or { value }
    for position, from in ipairs(list) do
      if type(from) ~= "table" then error("invalid '<<' sequence element " .. position .. ": " .. tostring(from), 0) end
      for key, item in next, from do
        if result[key] == nil then result[key] = item end
      end
    end
  end
  return result
end

local function to_nodes(value, seen, depth)
  if is_null(value) then return { k = "null" } end
  local kind = type(value)
  if kind == "string" or kind == "boolean" then return value end
  if kind == "number" then
    if value ~= value or value == huge or value == -huge then return { k = "float", text = value ~= value and ".nan" or value > 0 and ".inf" or "-.inf" } end
    if math_type(value) == "float" and value % 1 == 0 then return { k = "float", text = tostring(value) } end
    return value
  end
  if kind ~= "table" then error("cannot dump object of type '" .. kind .. "'", 0) end
  if seen[value] then error("cannot dump a table that contains itself", 0) end
  if depth > 100 then error("cannot dump tables nested deeper than 100", 0) end
  seen[value] = true
  local count, pure = 0, true
  for key in next, value do
    count = count + 1
    if type(key) ~= "number" then pure = false end
  end
  pure = pure and count == #value
  local node
  if pure then
    local items = {}
    for i = 1, count do items[i] = to_nodes(value[i], seen, depth + 1) end
    node = { k = "seq", i = items, n = count }
  else
    local pairs_list, keys = {}, {}
    for key in next, value do keys[#keys + 1] = key end
    table.sort(keys, function(a, b)
      if type(a) == type(b) and (type(a) == "number" or type(a) == "string") then return a < b end
      return type(a) < type(b)
    end)
    for _, key in ipairs(keys) do
      pairs_list[#pairs_list + 1] = to_nodes(key, seen, depth + 1)
      pairs_list[#pairs_list + 1] = to_nodes(value[key], seen, depth + 1)
    end
    node = { k = "map", p = pairs_list }
  end
  seen[value] = nil
  return node
end

local lyaml = { _VERSION = "lyaml 6.2.8", null = null }

-- The first document, or with { all = true } a list of all.
function lyaml.load(text, options)
  if type(text) ~= "string" then error("bad argument #1 to 'load' (string expected, got " .. (text == nil and "no value" or type(text)) .. ")", 2) end
  local all = options == true or (type(options) == "table" and options.all)
  local documents = host.load(text)
  if not all then
    if documents[1] == nil then return nil end
    return from_nodes(documents[1], {})
  end
  local list = {}
  for i, document in ipairs(documents) do list[i] = from_nodes(document, {}) end
  return list
end

-- A list of documents.
function lyaml.dump(documents)
  if type(documents) ~= "table" then error("bad argument #1 to 'dump' (table expected, got " .. (documents == nil and "no value" or type(documents)) .. ")", 2) end
  local nodes = {}
  for i, document in ipairs(documents) do nodes[i] = to_nodes(document, {}, 0) end
  return host.dump(nodes)
end

bundled.lyaml = lyaml

local functional = { NULL = null, isnull = is_null, id = function(...) return ... end }

function functional.iscallable(value)
  if type(value) ~= "function" then value = (getmetatable(value) or {}).__call end
  return type(value) == "function" and value or nil
end

-- A function that tries each of `list` until one answers something.
function functional.anyof(list)
  return function(...)
    for _, each in ipairs(list) do
      local answer
      if functional.iscallable(each) then answer = each(...) end
      if answer ~= nil then return answer end
    end
  end
end

bundled["lyaml.functional"] = functional
