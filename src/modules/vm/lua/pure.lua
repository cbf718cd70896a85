-- What a run without effects may not have (host-modules.md §13.1): clocks, environment, files, addresses. The same input
-- gives the same output, whichever VM it is.
local host, primitives = ...
local kit, loaded, preload = primitives.exports.modules, primitives.exports.loaded, primitives.exports.preload
local setmetatable, getmetatable = primitives.setmetatable, primitives.debug.getmetatable
local type, next, error, tostring, select, format, gsub, find = type, next, error, tostring, select, string.format, string.gsub, string.find
local rawget, rawset, date, randomseed, pack, unpack = rawget, rawset, os.date, math.randomseed, table.pack, table.unpack
local pure = host.pure()

-- ── names instead of addresses ───────────────────────────────────────────────────────────────────────────────────

local numbers, counts = setmetatable({}, { __mode = "k" }), {}

local function name_of(value)
  local kind = type(value)
  local known = numbers[value]
  if not known then
    counts[kind] = (counts[kind] or 0) + 1
    known = kind .. ": #" .. counts[kind]
    numbers[value] = known
  end
  return known
end

local addressed = { table = true, ["function"] = true, thread = true, userdata = true }

local function text_of(...)
  local value = ...
  if not addressed[type(value)] then return tostring(...) end
  local metatable = getmetatable(value)
  if type(metatable) == "table" and metatable.__tostring then return tostring(value) end
  return name_of(value)
end
_G.tostring = text_of

function string.format(pattern, ...)
  if type(pattern) ~= "string" then return format(pattern, ...) end
  local values, n, changed = pack(...), 0, pattern
  -- The positions of the conversions, %% left out.
  local at = 1
  while true do
    local first, last, kind = find(changed, "%%[-+ #0]*%d*%.?%d*([%a%%])", at)
    if not first then break end
    if kind ~= "%" then
      n = n + 1
      if kind == "p" and addressed[type(values[n])] then
        changed = changed:sub(1, last - 1) .. "s" .. changed:sub(last + 1)
        values[n] = name_of(values[n])
      elseif kind == "s" and addressed[type(values[n])] then
        values[n] = text_of(values[n])
      end
    end
    at = last + 1
  end
  return format(changed, unpack(values, 1, values.n))
end

-- ── chance ───────────────────────────────────────────────────────────────────────────────────────────────────────

function math.randomseed() host.ignored("math.randomseed") end

-- Of the host's own namespaces what computes stays; the frame that every run is put into stays, too.
local kept = {
  json = true, path = true, context = true, deps = true, runtime = true, __sqlite_skill_name = true,
  __lancedb_skill_name = true,
}
local function strip(vulcan)
  for key in next, vulcan do if not kept[key] then rawset(vulcan, key, nil) end end
  for key in next, vulcan.runtime do
    if key ~= "internal" and key ~= "overflow_type" then rawset(vulcan.runtime, key, nil) end
  end
end

-- Before the main function of a run.
function kit.prepare()
  if pure then strip(rawget(_G, "vulcan")) end
  counts, numbers = {}, setmetatable({}, { __mode = "k" })
  randomseed(host.seed())
end

-- ── what would let effects in or out ─────────────────────────────────────────────────────────────────────────────

local function calendar(pattern, time)
  if type(time) ~= "number" then error("os.date needs an explicit time in a deterministic run", 2) end
  if pattern == nil then pattern = "!%c" end
  if type(pattern) == "string" and not find(pattern, "^!") then pattern = "!" .. pattern end
  return date(pattern, time)
end

collectgarbage = function() return 0 end
debug, loaded.debug = nil, nil
if pure then
  os = { date = calendar, difftime = os.difftime }
  io, dofile, loadfile = nil, nil, nil
  package.searchers = { package.searchers[1] }
  package.loaders = package.searchers
  package.searchpath, package.loadlib, package.path, package.cpath = nil, nil, "", ""
  for key in next, loaded do
    if key == "io" or key == "lfs" or find(key, "^vulcan") then loaded[key] = nil end
  end
else
  local logical, time = host.now, os.time
  os.time = function(fields)
    if fields ~= nil then return time(fields) end
    return logical() // 1000
  end
  os.clock = function() return 0 end
  os.date = function(pattern, time) return calendar(pattern, time or logical() // 1000) end
end
loaded.os = os
