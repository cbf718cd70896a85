-- Strategy Y: Lua versions of library functions whose C originals call back into Lua and cannot be suspended meanwhile.
-- The originals are still used where no callback is involved.
local rawmeta = ...
local string, table, getmetatable = string, table, getmetatable
local find, sub, byte, gsub = string.find, string.sub, string.byte, string.gsub
local sort, concat = table.sort, table.concat
local type, error, tostring, tonumber, select, pcall = type, error, tostring, tonumber, select, pcall

-- What the originals would say, at the line of the caller.
local function refuse(position, name, wanted, value)
  error("bad argument #" .. position .. " to '" .. name .. "' (" .. wanted .. " expected, got " .. type(value) .. ")", 3)
end

-- ── table.sort with a comparator ─────────────────────────────────────────────────────────────────────────────────

-- Answers true when the comparator contradicts itself.
local function quicksort(t, before, low, high)
  while high - low > 12 do
    local middle = (low + high) // 2
    local a, b, c = t[low], t[middle], t[high]
    if before(b, a) then a, b = b, a end
    if before(c, b) then
      b, c = c, b
      if before(b, a) then a, b = b, a end
    end
    t[low], t[middle], t[high] = a, b, c
    local pivot, i, j = b, low, high
    while i <= j do
      while before(t[i], pivot) do
        i = i + 1
        if i > high then return true end
      end
      while before(pivot, t[j]) do
        j = j - 1
        if j < low then return true end
      end
      if i <= j then
        t[i], t[j] = t[j], t[i]
        i, j = i + 1, j - 1
      end
    end
    -- The smaller half by recursion, so that the depth stays logarithmic.
    if j - low < high - i then
      if quicksort(t, before, low, j) then return true end
      low = i
    else
      if quicksort(t, before, i, high) then return true end
      high = j
    end
  end
  for i = low + 1, high do
    local value, j = t[i], i - 1
    while j >= low and before(value, t[j]) do
      t[j + 1] = t[j]
      j = j - 1
    end
    t[j + 1] = value
  end
end

function table.sort(t, before)
  if type(t) ~= "table" then refuse(1, "sort", "table", t) end
  if before == nil then return sort(t) end
  if type(before) ~= "function" then refuse(2, "sort", "function", before) end
  if quicksort(t, before, 1, #t) then error("invalid order function for sorting", 2) end
end

-- ── string.gsub with a function ──────────────────────────────────────────────────────────────────────────────────

-- The answer of the original. Its errors begin with the place of a Lua caller, which pcall is not.
local function answer(ok, text, count)
  if ok then return text, count end
  error(type(text) == "string" and gsub(text, "'%?'", "'gsub'", 1) or text, 2)
end

function string.gsub(s, pattern, replacement, limit)
  local kind = type(replacement)
  local lookup = kind == "table" and getmetatable(replacement) ~= nil
  if not (kind == "function" or lookup) then return answer(pcall(gsub, s, pattern, replacement, limit)) end
  if type(s) ~= "string" and type(s) ~= "number" then refuse(1, "gsub", "string", s) end
  if type(pattern) ~= "string" and type(pattern) ~= "number" then refuse(2, "gsub", "string", pattern) end
  s, pattern = tostring(s), tostring(pattern)
  local most = #s + 1
  if limit ~= nil then
    local number = tonumber(limit)
    if not number then refuse(4, "gsub", "number", limit) end
    -- Without its fraction; what is no number at all counts as none.
    if not (number >= most) then most = number >= 1 and number // 1 | 0 or 0 end
  end
  -- Malformed patterns are told at the caller's line, before a callback has seen anything.
  local sound, complaint = pcall(find, "", pattern)
  if not sound then error(complaint, 2) end
  local out, n, position, count = {}, 0, 1, 0
  local anchored = byte(pattern, 1) == 94
  while count < most do
    local first, stop, a, b, c, d, e, f, g, h, i, j = find(s, pattern, position)
    if not first then break end
    local whole = sub(s, first, stop)
    local value
    if lookup then
      if a == nil then value = replacement[whole] else value = replacement[a] end
    elseif a == nil then
      value = replacement(whole)
    elseif j == nil then
      value = replacement(a, b, c, d, e, f, g, h, i)
    else
      value = replacement(select(3, find(s, pattern, position)))
    end
    if value == nil or value == false then
      value = whole
    elseif type(value) ~= "string" and type(value) ~= "number" then
      error("invalid replacement value (a " .. type(value) .. ")", 2)
    end
    count = count + 1
    n = n + 1
    out[n] = sub(s, position, first - 1) .. value
    position = stop + 1
    if stop < first then
      -- Empty: the character under it is copied, and a match may start at the next one.
      if first > #s then break end
      n = n + 1
      out[n] = sub(s, first, first)
      position = first + 1
    end
    if anchored or position > #s + 1 then break end
  end
  n = n + 1
  out[n] = sub(s, position)
  return concat(out, "", 1, n), count
end

-- ── tostring ─────────────────────────────────────────────────────────────────────────────────────────────────────

function _G.tostring(...)
  local value = ...
  if value == nil and select("#", ...) == 0 then error("bad argument #1 to 'tostring' (value expected)", 2) end
  local metatable = rawmeta(value)
  local render = type(metatable) == "table" and metatable.__tostring
  if not render or type(value) == "string" then return tostring(value) end
  local text = render(value)
  if type(text) ~= "string" then error("'__tostring' must return a string", 2) end
  return text
end
