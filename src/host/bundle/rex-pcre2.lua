-- rex_pcre2 with the surface of lrexlib, on an engine that runs in linear time.
local host, primitives = ...
local getmetatable, next, string, tonumber = getmetatable, next, string, tonumber
local error, type, tostring, select, setmetatable, format = error, type, tostring, select, setmetatable, string.format
local sub, gsub, find, concat, unpack, floor = string.sub, string.gsub, string.find, table.concat, table.unpack, math.floor

local flags = {
  CASELESS = 0x8, MULTILINE = 0x400, DOTALL = 0x20, EXTENDED = 0x80, UNGREEDY = 0x40000, UTF = 0x80000, UCP = 0x20000, ANCHORED = 0x80000000,
  NOTBOL = 1, NOTEOL = 2, NOTEMPTY = 4, NOTEMPTY_ATSTART = 8, MAJOR = 10, MINOR = 42, ERROR_NOMATCH = -1,
}
local letters = { i = flags.CASELESS, m = flags.MULTILINE, s = flags.DOTALL, x = flags.EXTENDED, U = flags.UNGREEDY }

local function bad(position, name, text) error(format("bad argument #%d to '%s' (%s)", position, name, text), 3) end

local function compile_flags(value, position, name)
  if value == nil then return 0 end
  if type(value) == "number" then return floor(value) end
  if type(value) ~= "string" then bad(position, name, "number or string expected, got " .. type(value)) end
  local sum = 0
  for letter in string.gmatch(value, ".") do
    -- As lrexlib, letters without a meaning are passed over.
    sum = sum | (letters[letter] or 0)
  end
  return sum
end

local regex = {}
local regex_mt = { __index = regex, __name = "rex_pcre2_regex" }
function regex_mt.__tostring(self) return format("rex_pcre2_regex (%p)", self) end

local function compile(pattern, cf, name, position)
  if type(pattern) == "table" and getmetatable(pattern) == regex_mt then return pattern end
  if type(pattern) == "number" then pattern = tostring(pattern) end
  if type(pattern) ~= "string" then bad(position, name, "string expected, got " .. (pattern == nil and "no value" or type(pattern))) end
  local bits = compile_flags(cf, position + 1, name)
  local groups, names = host.compile(pattern, bits)
  return setmetatable({ pattern = pattern, flags = bits, groups = groups, names = names }, regex_mt)
end

local function subject_text(value, name, position)
  if type(value) == "number" then return tostring(value) end
  if type(value) ~= "string" then bad(position, name, "string expected, got " .. (value == nil and "no value" or type(value))) end
  return value
end

local function start_of(text, init)
  if init == nil then return 0 end
  if init > 0 then return floor(init) - 1 end
  if init < 0 then
    local at = #text + floor(init)
    return at < 0 and 0 or at
  end
  return 0
end

-- Positions of a match: start, end, then those of the groups; nil without one.
local function execute(self, text, init, ef)
  local at = start_of(text, init)
  if at > #text then return nil end
  return host.execute(self.pattern, self.flags, text, at, ef or 0)
end

local function captures(text, match, whole_without)
  local out, count = {}, (#match - 2) // 2
  if count == 0 and whole_without then return { sub(text, match[1], match[2]) }, 1 end
  for i = 1, count do
    local from = match[1 + 2 * i]
    out[i] = from and from > 0 and sub(text, from, match[2 + 2 * i])
  end
  return out, count
end

function regex:match(text, init, ef)
  text = subject_text(text, "match", 1)
  local match = execute(self, text, init, ef)
  if not match then return nil end
  local out, count = captures(text, match, true)
  return unpack(out, 1, count)
end
function regex:find(text, init, ef)
  text = subject_text(text, "find", 1)
  local match = execute(self, text, init, ef)
  if not match then return nil end
  local out, count = captures(text, match)
  return match[1], match[2], unpack(out, 1, count)
end
local function named(self, out, values)
  for name, index in next, self.names do out[name] = values[index] end
  return out
end
function regex:tfind(text, init, ef)
  text = subject_text(text, "tfind", 1)
  local match = execute(self, text, init, ef)
  if not match then return nil end
  local out = captures(text, match)
  return match[1], match[2], named(self, out, out)
end
function regex:exec(text, init, ef)
  text = subject_text(text, "exec", 1)
  local match = execute(self, text, init, ef)
  if not match then return nil end
  local out = {}
  for i = 3, #match do out[i - 2] = match[i] end
  for i = 3, #match, 2 do
    if match[i] == 0 then out[i - 2], out[i - 1] = false, false end
  end
  return match[1], match[2], named(self, out, (captures(text, match)))
end
function regex:dfa_exec() error("dfa_exec is not supported here", 2) end
function regex:jit_compile() return true end
function regex:fullinfo()
  return { CAPTURECOUNT = self.groups, ARGOPTIONS = self.flags, ALLOPTIONS = self.flags, NAMECOUNT = host.count(self.names), SIZE = #self.pattern }
end
regex.patterninfo = regex.fullinfo

-- ── many matches ─────────────────────────────────────────────────────────────────────────────────────────────────

-- Iterator over the matches of a text, fetched many at a time. An empty one beside the last is none.
local function matches(self, text, ef)
  local batch, index, at, finished = {}, 0, 0, false
  return function()
    index = index + 1
    if batch[index] == nil and not finished then
      batch, at, finished = host.matches(self.pattern, self.flags, text, at, ef or 0)
      index = 1
    end
    return batch[index]
  end
end

local rex = { _VERSION = "Lrexlib 2.9.2 (for PCRE2, vulcan: linear-time engine)" }

function rex.new(pattern, cf) return compile(pattern, cf, "new", 1) end
function rex.match(text, pattern, init, cf, ef)
  return regex.match(compile(pattern, cf, "match", 2), subject_text(text, "match", 1), init, ef)
end
function rex.find(text, pattern, init, cf, ef)
  return regex.find(compile(pattern, cf, "find", 2), subject_text(text, "find", 1), init, ef)
end
function rex.gmatch(text, pattern, cf, ef)
  text = subject_text(text, "gmatch", 1)
  local following = matches(compile(pattern, cf, "gmatch", 2), text, ef)
  return function()
    local match = following()
    if not match then return nil end
    local out, count = captures(text, match, true)
    return unpack(out, 1, count)
  end
end
function rex.count(text, pattern, cf, ef)
  text = subject_text(text, "count", 1)
  local n = 0
  for _ in matches(compile(pattern, cf, "count", 2), text, ef) do n = n + 1 end
  return n
end
function rex.split(text, pattern, cf, ef)
  text = subject_text(text, "split", 1)
  local following = matches(compile(pattern, cf, "split", 2), text, ef)
  local at, finished = 1, false
  return function()
    if finished then return nil end
    local match = following()
    if not match then
      finished = true
      return sub(text, at)
    end
    local section = sub(text, at, match[1] - 1)
    at = match[2] + 1
    local out, count = captures(text, match, true)
    return section, unpack(out, 1, count)
  end
end

local function template(self, repl)
  local parts, position = {}, 1
  while true do
    local from, to, what = find(repl, "%%(.)", position)
    parts[#parts + 1] = sub(repl, position, (from or 0) - 1)
    if not from then break end
    local digit = tonumber(what)
    if digit and digit > self.groups and not (digit == 1 and self.groups == 0) then error("invalid capture index", 3) end
    parts[#parts + 1] = digit or what
    position = to + 1
  end
  return function(text, match, out)
    local filled = {}
    for i = 1, #parts do
      local part = parts[i]
      if type(part) == "number" then
        if part == 0 or self.groups == 0 then part = sub(text, match[1], match[2]) else part = out[part] or "" end
      end
      filled[i] = part
    end
    return concat(filled)
  end
end

function rex.gsub(text, pattern, repl, n, cf, ef)
  text = subject_text(text, "gsub", 1)
  local self = compile(pattern, cf, "gsub", 2)
  local kind = type(repl)
  if kind == "number" then repl, kind = tostring(repl), "string" end
  if kind ~= "string" and kind ~= "function" and kind ~= "table" then bad(3, "gsub", "string, table or function expected, got " .. kind) end
  local fill = kind == "string" and template(self, repl)
  local limit, control = n, nil
  if type(n) == "function" then limit, control = nil, n
  elseif n ~= nil and type(n) ~= "number" then bad(4, "gsub", "number or function expected, got " .. type(n)) end
  local parts, at, found, replaced = {}, 1, 0, 0
  for match in matches(self, text, ef) do
    if limit and found >= limit then break end
    found = found + 1
    local out, count = captures(text, match, true)
    local value
    if fill then value = fill(text, match, self.groups > 0 and out or {})
    elseif kind == "function" then value = repl(unpack(out, 1, count))
    else value = repl[out[1]] end
    if value ~= nil and value ~= false and type(value) ~= "string" and type(value) ~= "number" then
      error("invalid replacement value (a " .. type(value) .. ")", 2)
    end
    local replace = value ~= nil and value ~= false
    if control then
      local first, second = control(match[1], match[2], value or false)
      if type(first) == "string" or type(first) == "number" then value, replace = first, true
      elseif not first then replace = false end
      if second == true then control = nil
      elseif type(second) == "number" then control, limit = nil, found + second end
    end
    parts[#parts + 1] = sub(text, at, match[1] - 1)
    if replace then
      parts[#parts + 1] = tostring(value)
      replaced = replaced + 1
    else
      parts[#parts + 1] = sub(text, match[1], match[2])
    end
    at = match[2] + 1
  end
  parts[#parts + 1] = sub(text, at)
  return concat(parts), found, replaced
end

function rex.flags(into)
  into = into or {}
  for name, value in next, flags do into[name] = value end
  return into
end
function rex.config(into) return into or {} end
function rex.version() return "10.42 (vulcan)" end
function rex.maketables() return {} end

primitives.exports.bundled.rex_pcre2 = rex
