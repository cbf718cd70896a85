-- What JSON cannot hold is found here, where tables are still tables.
local host, primitives = ...
local kit = primitives.exports.modules
local type, next, format = type, next, string.format

local function fault(text) return kit.new_error("json.encode: " .. text, "Internal", false) end

local function look(value, seen, depth)
  local kind = type(value)
  if kind == "function" or kind == "thread" or kind == "userdata" then
    return fault("a " .. kind .. " has no JSON form")
  end
  if kind ~= "table" then return nil end
  if seen[value] then return fault("recursive table") end
  if depth > 128 then return fault("more than 128 levels") end
  seen[value] = true
  local content = kit.behind(value)
  -- With holes `#` is any border, so counting alone takes {1, nil, 3, [10] = 1} for a list of three.
  local length, numbers, texts, outside = #content, 0, 0, false
  for key, member in next, content do
    if type(key) == "number" then
      numbers = numbers + 1
      outside = outside or key < 1 or key > length or key % 1 ~= 0
    elseif type(key) == "string" then texts = texts + 1
    else return fault("a key of type " .. type(key)) end
    local err = look(member, seen, depth + 1)
    if err then return err end
  end
  seen[value] = nil
  if numbers > 0 and texts > 0 then return fault("mixed keys: a table is either a list or an object") end
  if outside or numbers ~= length and numbers > 0 then return fault("sparse array") end
end

-- Only the first schema with patterns has to wait for what runs them.
local function once_loaded(validate)
  return function(...)
    local valid, err = validate(...)
    if valid ~= nil then return valid, err end
    local loaded, fault = host.load_patterns()
    if not loaded then return false, fault end
    return validate(...)
  end
end

local encode = host.encode
return {
  encode = function(value)
    local err = look(value, {}, 1)
    if err then return nil, err end
    return encode(value)
  end,
  decode = host.decode,
  validate = once_loaded(host.validate),
  validate_string = once_loaded(host.validate_string),
}
