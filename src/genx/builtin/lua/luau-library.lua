-- What Luau's libraries have and Lua's have not (genx.md §9). Added to the libraries of this VM with the first translated
-- text that names one of them; what is there stays as it is.
local host, primitives, parts = ...
local type, next, error, select, rawget, rawset, tostring = type, next, error, select, rawget, rawset, tostring
local getmetatable, setmetatable, math_type = getmetatable, primitives.setmetatable, math.type
local floor, ceil, min, max = math.floor, math.ceil, math.min, math.max
local find, sub, char, byte = string.find, string.sub, string.char, string.byte
local string_pack, string_unpack, concat, unpack, pack = string.pack, string.unpack, table.concat, table.unpack, table.pack
local raw_coroutine = coroutine
local kit = primitives.exports.modules

local READ_ONLY = "attempt to modify a readonly table"

local function add(library, members)
  for name, member in next, members do
    if library[name] == nil then library[name] = member end
  end
end

-- ── table, string, math ──────────────────────────────────────────────────────────────────────────────────────────

local frozen = setmetatable({}, { __mode = "k" })

local function is_frozen(t) return type(t) == "table" and frozen[t] ~= nil end

-- Lua has no read-only tables: the content moves behind the table, which then refuses to be written.
local function freeze(t)
  if is_frozen(t) then return t end
  local before = getmetatable(t)
  if type(before) ~= "table" then before = nil end
  local content = {}
  for key, value in next, t do content[key] = value end
  for key in next, content do rawset(t, key, nil) end
  if before then setmetatable(content, before) end
  local metatable = {}
  if before then for key, value in next, before do metatable[key] = value end end
  metatable.__index = content
  metatable.__newindex = function() error(READ_ONLY, 2) end
  metatable.__len = function() return #content end
  metatable.__pairs = function(self) return next, self, nil end
  metatable.__ipairs = kit.ipairs
  metatable.__iter = before and before.__iter or metatable.__pairs
  metatable.__metatable = before and (rawget(before, "__metatable") or before) or false
  setmetatable(t, metatable)
  kit.stand_before(content, t, READ_ONLY)
  frozen[t] = content
  return t
end

add(table, {
  find = function(t, value, init)
    for i = init or 1, #t do
      if t[i] == nil then return nil end
      if t[i] == value then return i end
    end
    return nil
  end,
  create = function(count, value)
    local t = {}
    if value ~= nil then for i = 1, count do t[i] = value end end
    return t
  end,
  clone = function(t)
    local copy = {}
    for key, value in next, frozen[t] or t do copy[key] = value end
    local metatable = getmetatable(t)
    if metatable and not is_frozen(t) then setmetatable(copy, metatable) end
    return copy
  end,
  clear = function(t)
    if is_frozen(t) then error(READ_ONLY, 2) end
    for key in next, t do rawset(t, key, nil) end
  end,
  freeze = freeze,
  isfrozen = is_frozen,
  maxn = function(t)
    local last = 0
    for key in next, t do if type(key) == "number" and key > last then last = key end end
    return last
  end,
})

add(string, {
  split = function(text, separator)
    separator = separator or ","
    local out = {}
    if separator == "" then
      for i = 1, #text do out[i] = sub(text, i, i) end
      return out
    end
    local at = 1
    while true do
      local first, last = find(text, separator, at, true)
      if not first then break end
      out[#out + 1] = sub(text, at, first - 1)
      at = last + 1
    end
    out[#out + 1] = sub(text, at)
    return out
  end,
})

add(math, {
  round = function(x) return x < 0 and ceil(x - 0.5) or floor(x + 0.5) end,
  clamp = function(x, low, high)
    if low > high then error("invalid argument #3 to 'clamp' (max must be greater than or equal to min)", 2) end
    return min(max(x, low), high)
  end,
  sign = function(x) return x > 0 and 1 or x < 0 and -1 or 0 end,
  lerp = function(a, b, t) return t == 1 and b or a + (b - a) * t end,
  map = function(x, a, b, c, d) return c + (x - a) * (d - c) / (b - a) end,
  isnan = function(x) return x ~= x end,
  isinf = function(x) return x == 1 / 0 or x == -1 / 0 end,
  isfinite = function(x) return x == x and x ~= 1 / 0 and x ~= -1 / 0 end,
})

-- ── bit32 ────────────────────────────────────────────────────────────────────────────────────────────────────────

local mask = 0xffffffff
local function word(x)
  if math_type(x) == "integer" then return x & mask end
  if type(x) ~= "number" then error("number expected, got " .. type(x), 3) end
  return floor(x) % 4294967296 // 1 | 0
end
local function shift(x, by)
  x = word(x)
  if by <= -32 or by >= 32 then return 0 end
  if by < 0 then return (x << -by) & mask end
  return x >> by
end
local function rotate(x, by)
  x, by = word(x), by % 32 | 0
  return ((x << by) | (x >> (32 - by))) & mask
end
local function field(name, position, width)
  width = width or 1
  if position < 0 or width < 1 or position + width > 32 then error("trying to access non-existent bits in '" .. name .. "'", 3) end
  return (1 << width) - 1
end
local function folded(start, step)
  return function(...)
    local value = start
    for i = 1, select("#", ...) do value = step(value, word((select(i, ...)))) end
    return value
  end
end
local band = folded(mask, function(a, b) return a & b end)

bit32 = bit32 or {
  band = band,
  bor = folded(0, function(a, b) return a | b end),
  bxor = folded(0, function(a, b) return a ~ b end),
  btest = function(...) return band(...) ~= 0 end,
  bnot = function(x) return ~word(x) & mask end,
  lshift = function(x, by) return shift(x, -by) end,
  rshift = function(x, by) return shift(x, by) end,
  arshift = function(x, by)
    x = word(x)
    if by <= 0 or x < 0x80000000 then return shift(x, by) end
    if by > 31 then return mask end
    return (x >> by) | (~(mask >> by) & mask)
  end,
  lrotate = function(x, by) return rotate(x, by) end,
  rrotate = function(x, by) return rotate(x, -by) end,
  extract = function(x, position, width)
    local bits = field("extract", position, width)
    return (word(x) >> position) & bits
  end,
  replace = function(x, value, position, width)
    local bits = field("replace", position, width)
    return (word(x) & ~(bits << position) & mask) | ((word(value) & bits) << position)
  end,
  countlz = function(x)
    x = word(x)
    local n = 0
    while n < 32 and x & (0x80000000 >> n) == 0 do n = n + 1 end
    return n
  end,
  countrz = function(x)
    x = word(x)
    local n = 0
    while n < 32 and x & (1 << n) == 0 do n = n + 1 end
    return n
  end,
  byteswap = function(x)
    x = word(x)
    return (x >> 24) | ((x >> 8) & 0xff00) | ((x << 8) & 0xff0000) | ((x << 24) & mask)
  end,
}

-- ── buffer ───────────────────────────────────────────────────────────────────────────────────────────────────────

local contents = setmetatable({}, { __mode = "k" })
local buffer_metatable = { __metatable = "The metatable is locked", __name = "buffer", __tostring = function() return "buffer" end }
local largest = 1024 * 1024 * 1024

local function content(b)
  local bytes = contents[b]
  if not bytes then error("buffer expected, got " .. type(b), 3) end
  return bytes
end
local function check(bytes, offset, count)
  if type(offset) ~= "number" or offset < 0 or offset + count > bytes.n then error("buffer access out of bounds", 3) end
  return offset // 1 | 0
end
local function new(size)
  if type(size) ~= "number" or size < 0 or size > largest then error("invalid argument #1 to 'create' (size)", 3) end
  local b = primitives.newuserdata(buffer_metatable)
  local bytes = { n = size // 1 | 0 }
  for i = 1, bytes.n do bytes[i] = 0 end
  contents[b] = bytes
  return b, bytes
end
local function read(bytes, offset, count) return char(unpack(bytes, offset + 1, offset + count)) end
local function write(bytes, offset, text)
  for i = 1, #text do bytes[offset + i] = byte(text, i) end
end

if not buffer then
  buffer = {
    create = function(size) return (new(size)) end,
    fromstring = function(text)
      local b, bytes = new(#text)
      write(bytes, 0, text)
      return b
    end,
    tostring = function(b)
      local bytes, out = content(b), {}
      for i = 0, bytes.n - 1, 4096 do out[#out + 1] = read(bytes, i, min(4096, bytes.n - i)) end
      return concat(out)
    end,
    len = function(b) return content(b).n end,
    readstring = function(b, offset, count)
      local bytes = content(b)
      offset = check(bytes, offset, count)
      local out = {}
      for i = 0, count - 1, 4096 do out[#out + 1] = read(bytes, offset + i, min(4096, count - i)) end
      return concat(out)
    end,
    writestring = function(b, offset, text, count)
      local bytes = content(b)
      text = sub(text, 1, count or #text)
      write(bytes, check(bytes, offset, #text), text)
    end,
    copy = function(target, offset, source, from, count)
      local to, bytes = content(target), content(source)
      from = from or 0
      count = count or bytes.n - from
      from, offset = check(bytes, from, count), check(to, offset, count)
      table.move(bytes, from + 1, from + count, offset + 1, to)
    end,
    fill = function(b, offset, value, count)
      local bytes = content(b)
      count = count or bytes.n - offset
      offset = check(bytes, offset, count)
      for i = 1, count do bytes[offset + i] = word(value) & 0xff end
    end,
  }
  for name, kind in next, { i8 = "<i1", u8 = "<I1", i16 = "<i2", u16 = "<I2", i32 = "<i4", u32 = "<I4", f32 = "<f", f64 = "<d" } do
    local count = string.packsize(kind)
    local unsigned = sub(kind, 2, 2) == "i" and "<I" .. count or kind
    local is_float = sub(name, 1, 1) == "f"
    buffer["read" .. name] = function(b, offset)
      local bytes = content(b)
      return (string_unpack(kind, read(bytes, check(bytes, offset, count), count)))
    end
    buffer["write" .. name] = function(b, offset, value)
      local bytes = content(b)
      if type(value) ~= "number" then error("number expected, got " .. type(value), 2) end
      write(bytes, check(bytes, offset, count), is_float and string_pack(kind, value) or string_pack(unsigned, word(value) & ((1 << (8 * count)) - 1)))
    end
  end
end

-- ── typeof, task ─────────────────────────────────────────────────────────────────────────────────────────────────

typeof = typeof or function(...)
  local value = ...
  if select("#", ...) == 0 then error("missing argument #1", 2) end
  if contents[value] then return "buffer" end
  local metatable = type(value) == "userdata" and getmetatable(value)
  return type(metatable) == "table" and type(metatable.__type) == "string" and metatable.__type or type(value)
end

-- Waiting is transparent here: `task.spawn` comes back when the function ends or yields by itself.
local cancelled = setmetatable({}, { __mode = "k" })

local function resume(thread, ...)
  if cancelled[thread] then return end
  local ok, message = raw_coroutine.resume(thread, ...)
  if not ok then host.log("error", tostring(message)) end
end
local function thread_of(f) return type(f) == "thread" and f or raw_coroutine.create(f) end
local function sleep(seconds) parts.promises.sleep((seconds or 0) * 1000):await() end

task = task or {
  wait = function(seconds)
    local start = host.now()
    sleep(seconds)
    return (host.now() - start) / 1000
  end,
  spawn = function(f, ...)
    local thread = thread_of(f)
    resume(thread, ...)
    return thread
  end,
  defer = function(f, ...)
    local thread = thread_of(f)
    resume(thread, ...)
    return thread
  end,
  delay = function(seconds, f, ...)
    local thread = thread_of(f)
    local given = pack(...)
    if raw_coroutine.spawn then
      raw_coroutine.spawn(function()
        sleep(seconds)
        resume(thread, unpack(given, 1, given.n))
      end)
    else
      sleep(seconds)
      resume(thread, unpack(given, 1, given.n))
    end
    return thread
  end,
  cancel = function(thread)
    cancelled[thread] = true
    raw_coroutine.close(thread)
  end,
}
