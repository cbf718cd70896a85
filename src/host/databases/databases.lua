-- How vulcan.sqlite and vulcan.lancedb are built (vulcan-api.md §15): `database_tables(kind, methods, host)` answers a function that
-- makes the table of a skill. A call happens on every change of scope, so members are made once per skill and copied.
local _, primitives = ...
local next, error, type, load, concat, unpack = next, error, type, primitives.load, table.concat, table.unpack

-- A function that answers a new table with the members of `template` every time. Made as source text, because one table
-- constructor costs a fraction of a loop that grows a table.
local function maker(template)
  local names, fields, values = {}, {}, {}
  for key, value in next, template do
    local n = #names + 1
    names[n] = "v" .. n
    fields[n] = key .. " = v" .. n
    values[n] = value
  end
  local source = "local " .. concat(names, ", ") .. " = ... return function() return { " .. concat(fields, ", ") .. " } end"
  return load(source, "=vulcan.databases", "t")(unpack(values))
end

primitives.exports.database_tables = function(kind, methods, host)
  local refused = "current skill has not enabled " .. kind
  local makers = {}

  local function disabled(id)
    local shape = function()
      return { enabled = false, initialized = false, skill_name = id, integration_mode = "dynamic_library", reason = refused }
    end
    local template = { enabled = false, info = shape, status = shape }
    local refuse = function() error(refused, 0) end
    for i = 1, #methods do template[methods[i]] = refuse end
    return template
  end

  local function enabled(id)
    local template = {
      enabled = true,
      info = function() return host.info(id) end,
      status = function() return host.status(id) end,
    }
    for i = 1, #methods do
      local method = methods[i]
      if method == "list_custom_words" then
        template[method] = function() return host.call(id, method) end
      elseif method == "vector_upsert" then
        -- Bytes that are not text would be lost in JSON, so the payload of an Arrow upsert travels beside it.
        template[method] = function(input)
          return host.call(id, method, input, type(input) == "table" and input.rows == nil and input.data or nil)
        end
      else
        template[method] = function(input) return host.call(id, method, input) end
      end
    end
    return template
  end

  return function(skill)
    local id = skill and skill.id or ""
    local make = makers[id]
    if not make then
      make = maker(skill and skill[kind] and enabled(id) or disabled(id))
      makers[id] = make
    end
    return make()
  end
end
