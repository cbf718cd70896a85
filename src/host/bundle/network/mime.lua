-- mime of LuaSocket: the encodings of mail.
local _, primitives = ...
local bundled = primitives.exports.bundled
-- Others bring it along.
if bundled.mime then return end
local filter = bundled.ltn12.filter
local error, type, tostring, tonumber = error, type, tostring, tonumber
local sub, byte, char, gsub, find, format = string.sub, string.byte, string.char, string.gsub, string.find, string.format
local concat = table.concat

-- ── low-level functions ────────────────────────────────────────────────────────────────────────────────────

local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local letters, values = {}, {}
for i = 1, 64 do
  letters[i - 1] = sub(alphabet, i, i)
  values[byte(alphabet, i)] = i - 1
end

local function encode_three(a, b, c)
  local bits = a << 16 | b << 8 | c
  return letters[bits >> 18] .. letters[bits >> 12 & 63] .. letters[bits >> 6 & 63] .. letters[bits & 63]
end

local function encode_base64(text, finish)
  local whole = #text - #text % 3
  local parts = {}
  for at = 1, whole, 3 do parts[#parts + 1] = encode_three(byte(text, at, at + 2)) end
  local rest = sub(text, whole + 1)
  if not finish then return concat(parts), rest end
  if #rest == 1 then parts[#parts + 1] = sub(encode_three(byte(rest), 0, 0), 1, 2) .. "=="
  elseif #rest == 2 then parts[#parts + 1] = sub(encode_three(byte(rest, 1), byte(rest, 2), 0), 1, 3) .. "=" end
  return concat(parts)
end

local function decode_base64(text)
  text = gsub(text, "[^%w+/=]", "")
  local whole = #text - #text % 4
  local parts = {}
  for at = 1, whole, 4 do
    local a, b, c, d = byte(text, at, at + 3)
    local bits = (values[a] or 0) << 18 | (values[b] or 0) << 12 | (values[c] or 0) << 6 | (values[d] or 0)
    local three = char(bits >> 16 & 255, bits >> 8 & 255, bits & 255)
    if c == 61 then three = sub(three, 1, 1) elseif d == 61 then three = sub(three, 1, 2) end
    parts[#parts + 1] = three
  end
  return concat(parts), sub(text, whole + 1)
end

local mime = { _VERSION = "MIME 1.0.3" }

-- Answers what is complete, and what waits for more; with a second argument of nil all of it.
function mime.b64(first, second)
  if first == nil then return nil, nil end
  if second == nil then
    local out = encode_base64(first, true)
    if out == "" then return nil, nil end
    return out, nil
  end
  return encode_base64(first .. second, false)
end
function mime.unb64(first, second)
  if first == nil then return nil, nil end
  if second == nil then
    local out = decode_base64(first)
    if out == "" then return nil, nil end
    return out, nil
  end
  return decode_base64(first .. second)
end

local function quoted(c) return format("=%02X", byte(c)) end

-- Lines end in CRLF; blanks before an end are written out, and a `mark` stands for one in binary data.
local function encode_quoted(text, finish, mark)
  local rest = ""
  if not finish then
    rest = sub(text, -3)
    local keep = find(rest, "[ \t\r]*$")
    rest = sub(rest, keep)
    text = sub(text, 1, #text - #rest)
  end
  text = gsub(text, "[^\r\n\t -<>-~]", quoted)
  text = gsub(text, "([ \t])\r\n", function(c) return quoted(c) .. "\r\n" end)
  if mark then text = gsub(text, "\r\n", "\0") end
  text = gsub(text, "\r", mark == nil and "\r" or quoted)
  text = gsub(text, "%z", mark or "\r\n")
  text = gsub(text, "(\r?)\n", function(c) return c == "\r" and "\r\n" or "=0A" end)
  text = gsub(text, "\r([^\n])", "=0D%1")
  if finish then text = gsub(text, "[ \t\r]$", quoted) end
  return text, rest
end
function mime.qp(first, second, mark)
  if first == nil then return nil, nil end
  if second == nil then
    local out = encode_quoted(first, true, mark)
    if out == "" then return nil, nil end
    return out .. "=\r\n", nil
  end
  return encode_quoted(first .. second, false, mark)
end
function mime.unqp(first, second)
  if first == nil then return nil, nil end
  local text = first .. (second or "")
  local rest = ""
  if second ~= nil then
    local open = find(text, "=[%x\r]?$") or find(text, "[ \t\r]+$")
    if open then text, rest = sub(text, 1, open - 1), sub(text, open) end
  end
  text = gsub(text, "[ \t]+\r\n", "\r\n")
  text = gsub(text, "=\r?\n", "")
  text = gsub(text, "=(%x%x)", function(hex) return char(tonumber(hex, 16)) end)
  if second == nil and text == "" then return nil, nil end
  return text, second ~= nil and rest or nil
end

-- Breaks lines after `length` characters; `left` is what the current one has room for.
function mime.wrp(left, text, length)
  length = length or 76
  if text == nil then
    if left < length then return "\r\n", length end
    return nil, length
  end
  local out = {}
  for i = 1, #text do
    local c = sub(text, i, i)
    if c == "\n" then
      out[#out + 1] = "\r\n"
      left = length
    elseif c ~= "\r" then
      if left <= 0 then
        left = length
        out[#out + 1] = "\r\n"
      end
      out[#out + 1] = c
      left = left - 1
    end
  end
  return concat(out), left
end
function mime.qpwrp(left, text, length)
  length = length or 76
  if text == nil then
    if left < length then return "=\r\n", length end
    return nil, length
  end
  local out, i = {}, 1
  while i <= #text do
    local c = sub(text, i, i)
    if c == "\n" then
      left = length
      out[#out + 1] = "\r\n"
    elseif c ~= "\r" then
      local token = c == "=" and sub(text, i, i + 2) or c
      if left <= #token then
        left = length
        out[#out + 1] = "=\r\n"
      end
      out[#out + 1] = token
      left = left - #token
      i = i + #token - 1
    end
    i = i + 1
  end
  return concat(out), left
end

-- Every kind of line end becomes `mark`. `last` is the one that may be the first half of a pair.
function mime.eol(last, text, mark)
  mark = mark or "\r\n"
  if text == nil then return nil, 0 end
  local out = {}
  for i = 1, #text do
    local c = byte(text, i)
    if c == 13 or c == 10 then
      if last == 13 or last == 10 then
        if c == last then out[#out + 1] = mark end
        last = c ~= last and 0 or c
      else
        out[#out + 1] = mark
        last = c
      end
    else
      out[#out + 1] = char(c)
      last = 0
    end
  end
  return concat(out), last
end

-- A dot at the start of a line is doubled. `state`: how much of CRLF has been seen.
function mime.dot(state, text)
  if text == nil then return nil, 2 end
  local out = {}
  for i = 1, #text do
    local c = byte(text, i)
    out[#out + 1] = char(c)
    if c == 13 then state = 1
    elseif c == 10 then state = state == 1 and 2 or 0
    else
      if c == 46 and state == 2 then out[#out + 1] = "." end
      state = 0
    end
  end
  return concat(out), state
end

-- ── filters ────────────────────────────────────────────────────────────────────────────────────────────────

local function choose(kinds)
  return function(name, first, second)
    if type(name) ~= "string" then
      -- The default kind, with its arguments moved along.
      name, first, second = "default", name, first
    end
    local kind = kinds[name or "nil"]
    if not kind then error("unknown key (" .. tostring(name) .. ")", 3) end
    return kind(first, second)
  end
end

mime.encodet = {
  base64 = function() return filter.cycle(mime.b64, "") end,
  ["quoted-printable"] = function(mode) return filter.cycle(mime.qp, "", mode == "binary" and "=0D=0A" or "\r\n") end,
}
mime.decodet = {
  base64 = function() return filter.cycle(mime.unb64, "") end,
  ["quoted-printable"] = function() return filter.cycle(mime.unqp, "") end,
}
mime.wrapt = {
  text = function(length) return filter.cycle(mime.wrp, length or 76, length or 76) end,
  ["quoted-printable"] = function() return filter.cycle(mime.qpwrp, 76, 76) end,
}
mime.wrapt.base64, mime.wrapt.default = mime.wrapt.text, mime.wrapt.text
mime.encode, mime.decode, mime.wrap = choose(mime.encodet), choose(mime.decodet), choose(mime.wrapt)
function mime.normalize(mark) return filter.cycle(mime.eol, 0, mark) end
function mime.stuff() return filter.cycle(mime.dot, 2) end

bundled.mime = mime
bundled["mime.core"] = mime
