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

-- Step by step what the original does, so that equal elements end in the same order and a comparator that contradicts
-- itself is noticed at the same place. Answers true then.
local function quicksort(t, before, low, high)
  while low < high do
    local first, last = t[low], t[high]
    if before(last, first) then t[low], t[high] = last, first end
    if high - low == 1 then break end
    local i = (low + high) // 2
    local pivot = t[i]
    first = t[low]
    if before(pivot, first) then
      t[i], t[low], pivot = first, pivot, first
    else
      last = t[high]
      if before(last, pivot) then t[i], t[high], pivot = last, pivot, last end
    end
    if high - low == 2 then break end
    local j = high - 1
    t[i], t[j] = t[j], pivot
    i = low
    while true do
      i = i + 1
      while before(t[i], pivot) do
        if i >= high then return true end
        i = i + 1
      end
      j = j - 1
      while before(pivot, t[j]) do
        if j <= low then return true end
        j = j - 1
      end
      if j < i then break end
      t[i], t[j] = t[j], t[i]
    end
    t[high - 1], t[i] = t[i], t[high - 1]
    -- The smaller half by recursion, so that the depth stays logarithmic.
    if i - low < high - i then
      if quicksort(t, before, low, i - 1) then return true end
      low = i + 1
    else
      if quicksort(t, before, i + 1, high) then return true end
      high = i - 1
    end
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

-- What a match is replaced by; the callback gets as many arguments as the pattern has captures. Some patterns show only
-- where they match that they are malformed.
local function matched(s, replacement, lookup, sound, first, stop, ...)
  if not sound then error(first, 3) end
  if not first then return nil end
  if lookup then
    local key = ...
    if key == nil then key = sub(s, first, stop) end
    return first, stop, replacement[key]
  end
  if select("#", ...) == 0 then return first, stop, (replacement(sub(s, first, stop))) end
  return first, stop, (replacement(...))
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
    local first, stop, value = matched(s, replacement, lookup, pcall(find, s, pattern, position))
    if not first then break end
    local whole = sub(s, first, stop)
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
  if type(render) ~= "function" or type(value) == "string" then return tostring(value) end
  return (render(value))
end
