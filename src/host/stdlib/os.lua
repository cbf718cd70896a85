-- The global `os` (vulcan-api.md §4.2): the virtual filesystem, the engine's clock, and nothing of the machine.
local host = ...
local error, type, tonumber, tostring, format = error, type, tonumber, tostring, string.format
local tointeger = math.tointeger

local function bad_argument(position, name, wanted, got)
  error(format("bad argument #%d to '%s' (%s expected, got %s)", position, name, wanted, got), 3)
end

local function kind_of(value) return value == nil and "no value" or type(value) end

-- Fractions and numeric strings are taken as the reference takes them: truncated.
local function whole(value)
  value = tonumber(value)
  return value and (tointeger(value) or value == value and tointeger(value - value % 1)) or nil
end

local function field(table, name, default)
  -- As in the reference, what is no number counts as missing.
  local number = whole(table[name]) or default
  if not number then error(format("field '%s' missing in date table", name), 3) end
  return number
end

os = {
  clock = host.clock,
  tmpname = host.tmpname,

  time = function(when)
    if when == nil then return host.now() end
    if type(when) ~= "table" then bad_argument(1, "time", "table", type(when)) end
    -- In this order: the first that is missing is told.
    local sec, min, hour = field(when, "sec", 0), field(when, "min", 0), field(when, "hour", 12)
    local day, month, year = field(when, "day"), field(when, "month"), field(when, "year")
    return host.time(year, month, day, hour, min, sec, when.isdst)
  end,

  date = function(text, when)
    if text == nil then text = "%c" end
    if type(text) == "number" then text = tostring(text) end
    if type(text) ~= "string" then bad_argument(1, "date", "string", type(text)) end
    if when == nil then when = host.now() end
    local seconds = whole(when)
    if not seconds then bad_argument(2, "date", "number", type(when)) end
    return host.date(text, seconds)
  end,

  difftime = function(later, earlier)
    local a, b = tonumber(later), earlier == nil and 0 or tonumber(earlier)
    if not a then bad_argument(1, "difftime", "number", kind_of(later)) end
    if not b then bad_argument(2, "difftime", "number", kind_of(earlier)) end
    return a - b + 0.0
  end,

  getenv = function(name)
    if type(name) ~= "string" and type(name) ~= "number" then bad_argument(1, "getenv", "string", kind_of(name)) end
    return host.getenv(tostring(name))
  end,

  setlocale = function(locale)
    if locale == nil or locale == "" or locale == "C" or locale == "POSIX" then return "C" end
    return nil
  end,

  remove = function(path)
    if type(path) == "number" then path = tostring(path) end
    if type(path) ~= "string" then bad_argument(1, "remove", "string", kind_of(path)) end
    return host.remove(path)
  end,

  rename = function(from, to)
    if type(from) == "number" then from = tostring(from) end
    if type(to) == "number" then to = tostring(to) end
    if type(from) ~= "string" then bad_argument(1, "rename", "string", kind_of(from)) end
    if type(to) ~= "string" then bad_argument(2, "rename", "string", kind_of(to)) end
    return host.rename(from, to)
  end,

  execute = function(command)
    if command == nil then return host.can_execute() end
    if type(command) == "number" then command = tostring(command) end
    if type(command) ~= "string" then bad_argument(1, "execute", "string", kind_of(command)) end
    return host.execute(command)
  end,

  exit = function() error("os.exit is not available: a skill ends by returning from its entry function", 0) end,
}

-- A LuaJIT stub installed before this one must tell the same story as vulcan.os.info().
if type(jit) == "table" then jit.os, jit.arch = host.jit_platform() end
