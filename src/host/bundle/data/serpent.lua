-- serpent: Lua values as Lua source. Options and layout are those of serpent 0.303.
local _, primitives = ...
local type, tostring, tonumber, next, select, pcall, error = type, tostring, tonumber, next, select, pcall, error
local ipairs, setmetatable, load = ipairs, setmetatable, load
local getmetatable = primitives.debug.getmetatable
local format, gsub, match, rep = string.format, string.gsub, string.match, string.rep
local concat, sort, min, huge = table.concat, table.sort, math.min, math.huge
local G = _G

local keywords = {}
for word in string.gmatch(
  "and break do else elseif end false for function goto if in local nil not or repeat return then true until while", "%a+"
) do keywords[word] = true end

-- What has a name everywhere is written by it.
local names = {}
for key, value in next, G do
  if type(value) ~= "string" and type(value) ~= "number" and type(value) ~= "boolean" then names[value] = key end
end
for _, library in ipairs({ "coroutine", "debug", "io", "math", "string", "table", "os" }) do
  for key, value in next, G[library] or {} do
    if type(value) ~= "string" and type(value) ~= "number" and type(value) ~= "boolean" then names[value] = library .. "." .. key end
  end
end

local unwritable = { thread = true, userdata = true, cdata = true }

local function number_text(value, options)
  if not options.nohuge then
    if value ~= value then return "0/0" end
    if value == huge then return "1/0 --[[math.huge]]" end
    if value == -huge then return "-1/0 --[[-math.huge]]" end
  end
  return (format(options.numformat or "%.17g", value))
end

local function scalar(value, options)
  if type(value) == "number" then return number_text(value, options) end
  if type(value) ~= "string" then return tostring(value) end
  return (gsub(gsub(format("%q", value), "\n", "n"), "\26", "\\026"))
end

-- Numbers before strings, and digits within strings by their value.
local function natural(keys, values, width)
  width = tonumber(width) or 12
  local kinds = { number = "a", string = "b" }
  local function padded(digits) return format("%0" .. width .. "d", tonumber(digits)) end
  local ranks = {}
  for _, key in ipairs(keys) do
    ranks[key] = (keys[key] ~= nil and "0" or kinds[type(key)] or "z") .. gsub(tostring(key), "%d+", padded)
  end
  sort(keys, function(a, b) return ranks[a] < ranks[b] end)
end

local function serialize(root, options)
  local space = options.compact and "" or " "
  local indent, comments = options.indent, options.comment and (tonumber(options.comment) or huge)
  local self_name = "_" .. (options.name or "")
  local remaining = tonumber(options.maxlength)
  local seen, later, symbols, symbol_count = {}, { "local " .. self_name .. "={}" }, {}, 0

  local function comment(value, level)
    if not comments or (level or 0) >= comments then return "" end
    return " --[[" .. select(2, pcall(tostring, value)) .. "]]"
  end
  local function symbol(value)
    local text = gsub(tostring(value), "[^%w]", "")
    text = gsub(text, "%d%w+", function(part)
      if not symbols[part] then
        symbol_count = symbol_count + 1
        symbols[part] = symbol_count
      end
      return tostring(symbols[part])
    end)
    return "_" .. text
  end
  local function by_name(value, level)
    if names[value] then return names[value] .. comment(value, level) end
    if options.fatal then error("Can't serialize " .. tostring(value), 0) end
    return scalar(select(2, pcall(tostring, value)), options)
  end
  local function path_to(path, name)
    if name == nil then return path or "", "" end
    local plain = type(name) == "string" and match(name, "^[%a_][%w_]*$") and not keywords[name]
    local own = plain and name or "[" .. scalar(name, options) .. "]"
    return (path or "") .. (plain and path and "." or "") .. own, own
  end

  local write

  -- Keys in the order they are written, and how many of them are the array's.
  local function keys_of(value)
    local most = options.maxnum
    local length = min(#value, most or #value)
    local keys = {}
    for i = 1, length do keys[i] = i end
    if not most or #keys < most then
      local n = #keys
      for key in next, value do
        if keys[key] ~= key then
          n = n + 1
          keys[n] = key
        end
      end
    end
    if most and #keys > most then keys[most + 1] = nil end
    if options.sortkeys and #keys > length then
      if type(options.sortkeys) == "function" then options.sortkeys(keys, value, options.sortkeys)
      else natural(keys, value, options.sortkeys) end
    end
    return keys, length
  end

  local function ignored(key, value)
    local function listed(list, item) return list and item ~= nil and list[item] end
    return listed(options.valignore, value) or (options.keyallow and not options.keyallow[key]) or listed(options.keyignore, key)
      or listed(options.valtypeignore, type(value))
  end

  -- A key that is an object needs a name of its own.
  local function write_later(key, value, owner)
    if not seen[key] and not names[key] then
      local at = #later + 1
      later[at] = "placeholder"
      local own = path_to(self_name, symbol(key))
      later[at] = write(key, own, own, self_name, true)
    end
    local at = #later + 1
    later[at] = "placeholder"
    local path = owner .. "[" .. tostring(seen[key] or names[key] or symbol(key)) .. "]"
    later[at] = path .. space .. "=" .. space .. tostring(seen[value] or write(value, nil, path))
  end

  local function write_table(value, tag, path, level)
    if level >= (options.maxlevel or huge) then return tag .. "{}" .. comment("maxlvl", level) end
    seen[value] = path
    if next(value) == nil then return tag .. "{}" .. comment(value, level) end
    if remaining and remaining < 0 then return tag .. "{}" .. comment("maxlen", level) end
    local keys, length = keys_of(value)
    local sparse = options.sparse and #keys > length
    local out = {}
    for n, key in ipairs(keys) do
      local item, kind = value[key], type(key)
      if ignored(key, item) or (sparse and item == nil) then
        -- Left out.
      elseif kind == "table" or kind == "function" or unwritable[kind] then
        write_later(key, item, seen[value])
      else
        local text = write(item, key, nil, seen[value], n <= length and not sparse, level + 1)
        out[#out + 1] = text
        if remaining then
          remaining = remaining - #text
          if remaining < 0 then break end
        end
      end
    end
    local before = rep(indent or "", level)
    local head = indent and "{\n" .. before .. indent or "{"
    local body = concat(out, "," .. (indent and "\n" .. before .. indent or space))
    local tail = indent and "\n" .. before .. "}" or "}"
    if options.custom then return options.custom(tag, head, body, tail, level) .. comment(value, level) end
    return tag .. head .. body .. tail .. comment(value, level)
  end

  write = function(value, name, reference, path, in_array, level)
    level = level or 0
    local own_path, own = path_to(path, name)
    local tag
    if in_array then tag = type(name) == "number" and "" or name .. space .. "=" .. space
    else tag = name ~= nil and own .. space .. "=" .. space or "" end
    if value ~= nil and seen[value] then
      later[#later + 1] = own_path .. space .. "=" .. space .. seen[value]
      return tag .. "nil" .. comment("ref", level)
    end
    local kind = type(value)
    local metatable = (kind == "table" or kind == "userdata") and getmetatable(value)
    if type(metatable) == "table" and options.metatostring ~= false then
      local serialized, by_serialize = pcall(function() return metatable.__serialize(value) end)
      local printed, by_tostring = pcall(function() return metatable.__tostring(value) end)
      if serialized or printed then
        seen[value] = reference or own_path
        value = serialized and by_serialize or by_tostring
        if not serialized then value = by_tostring end
        kind = type(value)
      end
    end
    if kind == "table" then return write_table(value, tag, reference or own_path, level) end
    if unwritable[kind] then
      seen[value] = reference or own_path
      return tag .. by_name(value, level)
    end
    if kind == "function" then
      seen[value] = reference or own_path
      if options.nocode then return tag .. "function() --[[..skipped..]] end" .. comment(value, level) end
      -- The code of a function cannot be had here.
      return tag .. by_name(value, level)
    end
    return tag .. scalar(value, options)
  end

  local separator = indent and "\n" or ";" .. space
  local body = write(root, options.name)
  if not options.name then
    local incomplete = options.comment and #later > 1
    return body .. (incomplete and space .. "--[[incomplete output with shared/self-references skipped]]" or "")
  end
  local tail = #later > 1 and concat(later, separator) .. separator or ""
  return "do local " .. body .. separator .. tail .. "return " .. options.name .. separator .. "end"
end

local function with(defaults, given)
  for key, value in next, given or {} do defaults[key] = value end
  return defaults
end

-- `return ` is put in front when that makes it a chunk. Unless told otherwise nothing in it can be called.
local function deserialize(text, options)
  local environment = G
  if not options or options.safe ~= false then
    environment = setmetatable({}, {
      __index = function(self) return self end,
      __call = function() error("cannot call functions") end,
    })
  end
  local chunk, message = load("return " .. text, nil, "t", environment)
  if not chunk then chunk, message = load(text, nil, "t", environment) end
  if not chunk then return chunk, message end
  return pcall(chunk)
end

primitives.exports.bundled.serpent = {
  _NAME = "serpent", _VERSION = "0.303", _DESCRIPTION = "Lua serializer and pretty printer",
  serialize = function(value, options) return serialize(value, options or {}) end,
  load = deserialize,
  dump = function(value, options) return serialize(value, with({ name = "_", compact = true, sparse = true }, options)) end,
  line = function(value, options) return serialize(value, with({ sortkeys = true, comment = true }, options)) end,
  block = function(value, options) return serialize(value, with({ indent = "  ", sortkeys = true, comment = true }, options)) end,
}
