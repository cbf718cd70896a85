-- Memory of cdata: blocks of 64-bit words in tables. A block knows its size, so nothing beyond it is ever read or written, and
-- an address means something only as long as its block lives. A word that was never written is absent and reads as 0.
local _, primitives = ...
local F = {}
primitives.exports.ffi = F
local error, setmetatable, format = error, primitives.setmetatable, string.format
local pack, unpack_string, sub, byte, rep = string.pack, string.unpack, string.sub, string.byte, string.rep
local char, find, concat, tointeger = string.char, string.find, table.concat, math.tointeger

local masks = { (1 << 8) - 1, (1 << 16) - 1, (1 << 24) - 1, (1 << 32) - 1, (1 << 40) - 1, (1 << 48) - 1, (1 << 56) - 1, ~0 }

function F.block(size) return { n = size } end
function F.text_block(text) return { n = #text + 1, text = text, cold = true, constant = true } end

local function beyond(block, at, size)
  error(format("attempt to access %d bytes at offset %d of C memory with %d bytes", size, at, block.n), 0)
end

-- The words of a string, which are needed only when something looks at them one by one.
local function thaw(block)
  block.cold = nil
  local text = block.text
  local length = #text
  local at, word = 1, 1
  while at + 7 <= length do
    block[word] = unpack_string("<i8", text, at)
    at, word = at + 8, word + 1
  end
  if at <= length then block[word] = unpack_string("<i8", sub(text, at) .. rep("\0", 8), 1) end
end

-- `size` bytes as an unsigned integer; 8 bytes as they are.
local function load_bits(block, at, size)
  if at < 0 or at + size > block.n then beyond(block, at, size) end
  if block.remote then return block.load(block, at, size) end
  if block.cold then thaw(block) end
  local word, shift = (at >> 3) + 1, (at & 7) << 3
  local low = block[word] or 0
  if shift == 0 then
    if size == 8 then return low end
    return low & masks[size]
  end
  low = low >> shift
  if shift + (size << 3) > 64 then low = low | ((block[word + 1] or 0) << (64 - shift)) end
  return low & masks[size]
end
F.load_bits = load_bits

local function store_bits(block, at, size, value)
  if at < 0 or at + size > block.n then beyond(block, at, size) end
  if block.remote then return block.store(block, at, size, value) end
  if block.constant then error("attempt to write to constant location", 0) end
  local word, shift = (at >> 3) + 1, (at & 7) << 3
  if shift == 0 and size == 8 then
    block[word] = value
    return
  end
  local mask = masks[size]
  value = value & mask
  block[word] = ((block[word] or 0) & ~(mask << shift)) | (value << shift)
  if shift + (size << 3) > 64 then
    block[word + 1] = ((block[word + 1] or 0) & ~(mask >> (64 - shift))) | (value >> (64 - shift))
  end
end
F.store_bits = store_bits

function F.load_float(block, at, size)
  local bits = load_bits(block, at, size)
  if size == 8 then return (unpack_string("<d", pack("<i8", bits))) end
  return (unpack_string("<f", pack("<I4", bits)))
end

function F.store_float(block, at, size, value)
  if size == 8 then return store_bits(block, at, 8, (unpack_string("<i8", pack("<d", value)))) end
  return store_bits(block, at, 4, (unpack_string("<I4", pack("<f", value))))
end

-- ── many bytes ───────────────────────────────────────────────────────────────────────────────────────────────────

local eight = "<i8i8i8i8i8i8i8i8"

function F.read_bytes(block, at, size)
  if size == 0 then return "" end
  if size < 0 or at < 0 or at + size > block.n then beyond(block, at, size) end
  if block.remote then return block.read(block, at, size) end
  if block.text and at + size < block.n then return sub(block.text, at + 1, at + size) end
  if block.cold then thaw(block) end
  local word, last = (at >> 3) + 1, ((at + size - 1) >> 3) + 1
  local parts, count = {}, 0
  while word + 7 <= last do
    count = count + 1
    parts[count] = pack(
      eight,
      block[word] or 0, block[word + 1] or 0, block[word + 2] or 0, block[word + 3] or 0,
      block[word + 4] or 0, block[word + 5] or 0, block[word + 6] or 0, block[word + 7] or 0
    )
    word = word + 8
  end
  for i = word, last do
    count = count + 1
    parts[count] = pack("<i8", block[i] or 0)
  end
  local skip = at & 7
  return sub(concat(parts), skip + 1, skip + size)
end

function F.write_bytes(block, at, text)
  local size = #text
  if size == 0 then return end
  if at < 0 or at + size > block.n then beyond(block, at, size) end
  if block.remote then return block.write(block, at, text) end
  if block.constant then error("attempt to write to constant location", 0) end
  local from = 1
  while from <= size and (at & 7) ~= 0 do
    store_bits(block, at, 1, byte(text, from))
    from, at = from + 1, at + 1
  end
  local word = (at >> 3) + 1
  while from + 63 <= size do
    block[word], block[word + 1], block[word + 2], block[word + 3],
    block[word + 4], block[word + 5], block[word + 6], block[word + 7] = unpack_string(eight, text, from)
    from, word = from + 64, word + 8
  end
  while from + 7 <= size do
    block[word] = unpack_string("<i8", text, from)
    from, word = from + 8, word + 1
  end
  at = (word - 1) << 3
  for i = from, size do
    store_bits(block, at, 1, byte(text, i))
    at = at + 1
  end
end

function F.fill_bytes(block, at, size, value)
  if size == 0 then return end
  if size < 0 or at < 0 or at + size > block.n then beyond(block, at, size) end
  -- In pieces, so that a big array does not need a string of its size.
  local piece = rep(char(value & 255), size < 65536 and size or 65536)
  while size > 0 do
    if size < #piece then piece = sub(piece, 1, size) end
    F.write_bytes(block, at, piece)
    at, size = at + #piece, size - #piece
  end
end

-- Bytes before the first 0. Without one it is an error, not a walk through other memory.
function F.text_length(block, at)
  if block.remote then return block.length(block, at) end
  if block.text and at >= 0 and at < block.n then
    local zero = find(block.text, "\0", at + 1, true)
    return (zero and zero - 1 or #block.text) - at
  end
  local from = at
  while load_bits(block, at, 1) ~= 0 do at = at + 1 end
  return at - from
end

-- ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────

-- Only blocks whose address something asks for get one. They stay exact as a double (2^48 to 2^53), and apart from those of
-- native memory, which are below 2^48.
local spaces = setmetatable({}, { __mode = "v" })
local base, most = 1 << 48, (1 << 20) - 1
local last = 0

local function number_space(block)
  if last < most then
    last = last + 1
  else
    last = 1
    while spaces[last] ~= nil do
      last = last + 1
      if last > most then error("out of addresses: too many C objects are alive", 0) end
    end
  end
  spaces[last] = block
  block.id = last
  return last
end

function F.address(block, at)
  if block == nil then return at end
  if block.remote then return block.address + at end
  return base + ((block.id or number_space(block)) << 32) + (at & masks[4])
end

-- address → block and offset; no block for NULL, for memory that is gone, and for native memory without a bridge.
function F.locate(address)
  if address >= base then
    local block = spaces[(address - base) >> 32]
    if block then
      local at = address & masks[4]
      -- A little before the start, as a pointer that counts down ends.
      if at > block.n and at >= 1 << 31 then at = at - (1 << 32) end
      return block, at
    end
  elseif F.native_block and address > 0 then
    return F.native_block(address), 0
  end
  return nil, address
end

-- A number of Lua as 64 bits.
function F.to_int64(value)
  local exact = tointeger(value)
  if exact then return exact end
  if value ~= value then return 1 << 63 end
  local whole = value >= 0 and value // 1 or -(-value // 1)
  exact = tointeger(whole)
  if exact then return exact end
  if whole >= 2.0 ^ 63 and whole < 2.0 ^ 64 then return tointeger(whole - 2.0 ^ 63) | (1 << 63) end
  return 1 << 63
end
