-- The global `io` of a main VM: standard Lua semantics over the virtual filesystem (vulcan-api.md §4.2).
-- Reads go through a block held here; writes go straight to the file, so a handle nobody closes loses nothing.
local host, primitives = ...
local error, type, select, tonumber, tostring = error, type, select, tonumber, tostring
local find, match, sub, byte, lower, concat, format = string.find, string.match, string.sub, string.byte, string.lower, table.concat, string.format
local tointeger, pack, unpack = math.tointeger, table.pack, table.unpack

local BLOCK, WHOLE = 65536, 1048576
local states = primitives.setmetatable({}, { __mode = "k" })
local methods = {}
local metatable = { __index = methods, __name = "FILE*", __metatable = "FILE*" }
local newuserdata = primitives.newuserdata

local function bad_argument(position, name, wanted, got, level)
  error(format("bad argument #%d to '%s' (%s expected, got %s)", position, name, wanted, got), (level or 2) + 1)
end

local function state_of(file, name)
  local state = states[file]
  if not state then bad_argument(1, name, "FILE*", file == nil and "no value" or type(file), 3) end
  if state.closed then error("attempt to use a closed file", 3) end
  return state
end

-- ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────

-- Up to `count` bytes from the cursor on; nil after a system error, which `read` reports.
local function fetch(state, count)
  local block, message, number = host.read(state.id, state.pos, count)
  if block then return block end
  state.failure, state.errno = message, number
end

-- The bytes at the cursor as block and index into it; nil at the end of the file and after a system error.
local function ahead(state)
  local block = state.block
  local index = state.pos - state.start + 1
  if not block or index < 1 or index > #block then
    if not state.id then return nil end
    block = fetch(state, BLOCK)
    if not block then return nil end
    state.block, state.start, index = block, state.pos, 1
  end
  if index <= #block then return block, index end
end

local function read_line(state, keep_end)
  local parts
  while true do
    local block, index = ahead(state)
    if not block then return parts and concat(parts) end
    local stop = find(block, "\n", index, true)
    local piece = sub(block, index, stop and not keep_end and stop - 1 or stop or -1)
    state.pos = state.start + (stop or #block)
    if stop and not parts then return piece end
    parts = parts or {}
    parts[#parts + 1] = piece
    if stop then return concat(parts) end
  end
end

local function read_count(state, count)
  if count <= 0 then return ahead(state) and "" or nil end
  local parts, missing = {}, count
  while missing > 0 do
    local block, index = ahead(state)
    if not block then break end
    local piece = sub(block, index, index + missing - 1)
    parts[#parts + 1] = piece
    missing = missing - #piece
    state.pos = state.pos + #piece
  end
  return parts[1] and concat(parts)
end

-- What of the block is not read yet, then the rest of the file in as few pieces as there can be.
local function read_all(state)
  local block, index = state.block, state.pos - state.start + 1
  local parts
  if block and index >= 1 and index <= #block then
    parts = { sub(block, index) }
    state.pos = state.start + #block
  end
  while state.id do
    local piece = fetch(state, WHOLE)
    if not piece then return nil end
    state.pos = state.pos + #piece
    local is_last = #piece < WHOLE
    if is_last and not parts then return piece end
    parts = parts or {}
    parts[#parts + 1] = piece
    if is_last then break end
  end
  return parts and concat(parts) or ""
end

-- The longest prefix that could begin a numeral is consumed, as in liolib.c, even when it is none.
local function read_number(state)
  while true do
    local block, index = ahead(state)
    if not block then return nil end
    local stop = find(block, "[^ \t\n\v\f\r]", index)
    state.pos = state.start + (stop or #block + 1) - 1
    if stop then break end
  end
  local from = state.pos
  local text = read_count(state, 200) or ""
  local at = select(2, find(text, "^[+-]?")) + 1
  -- As scanf of C: `nan`, `inf` and `infinity` are numbers.
  local word = lower(sub(text, at, at + 7))
  local value = tonumber(match(word, "^nan") or match(word, "^inf"))
  if value then
    state.pos = from + at - 1 + (word == "infinity" and 8 or 3)
    return byte(text) == 45 and -value or value
  end
  local digits, exponent = "^%d*", "^[eE][+-]?%d*"
  if find(text, "^0[xX]", at) then at, digits, exponent = at + 2, "^%x*", "^[pP][+-]?%d*" end
  local mantissa = at
  at = select(2, find(text, digits, at)) + 1
  if sub(text, at, at) == "." then at = select(2, find(text, digits, at + 1)) + 1 end
  local number = tonumber(sub(text, 1, at - 1))
  if at > mantissa then
    local _, last = find(text, exponent, at)
    at = (last or at - 1) + 1
  end
  state.pos = from + at - 1
  -- An exponent without digits is passed over.
  return tonumber(sub(text, 1, at - 1)) or number
end

local function read_one(state, wanted, position)
  if type(wanted) == "number" then
    -- Beyond every file: as much as there is.
    return read_count(state, wanted >= 0x1p53 and 0x1p53 | 0 or tointeger(wanted - wanted % 1) or 0)
  end
  local letter = type(wanted) == "string" and sub(wanted, find(wanted, "^%*") and 2 or 1)
  letter = letter and sub(letter, 1, 1)
  if letter == "l" then return read_line(state, false) end
  if letter == "L" then return read_line(state, true) end
  if letter == "a" then return read_all(state) end
  if letter == "n" then return read_number(state) end
  error(format("bad argument #%d to 'read' (invalid format)", position), 3)
end

-- Standard: reading stops at the first format that fails, whose value is nil; a system error adds text and number.
local function read(state, ...)
  if not state.reads then return nil, "Bad file descriptor", 9 end
  local count = select("#", ...)
  if count > 1 then
    local formats, values = pack(...), {}
    for i = 1, count do
      local value = read_one(state, formats[i], i)
      if state.failure then break end
      values[i] = value
      if value == nil then return unpack(values, 1, i) end
    end
    if not state.failure then return unpack(values, 1, count) end
  else
    local value
    if count == 0 then value = read_line(state, false) else value = read_one(state, (...), 1) end
    if not state.failure then return value end
  end
  local message, number = state.failure, state.errno
  state.failure = nil
  return nil, message, number
end

function methods.read(file, ...) return read(state_of(file, "read"), ...) end

local function lines_of(file, close_at_end, ...)
  local formats = pack(...)
  return function()
    local state = states[file]
    if state.closed then error("file is already closed", 2) end
    local values = pack(read(state, unpack(formats, 1, formats.n)))
    if values[1] == nil then
      if values[2] ~= nil then error(values[2], 2) end
      if close_at_end then methods.close(file) end
    end
    return unpack(values, 1, values.n)
  end
end

function methods.lines(file, ...)
  state_of(file, "lines")
  return lines_of(file, false, ...)
end

-- ── writing and moving ───────────────────────────────────────────────────────────────────────────────────────────

local function write(file, state, ...)
  if not state.writes then return nil, "Bad file descriptor", 9 end
  local count = select("#", ...)
  local text = ...
  if count ~= 1 or type(text) ~= "string" then
    local parts = { ... }
    for i = 1, count do
      local kind = type(parts[i])
      if kind ~= "string" and kind ~= "number" then bad_argument(i, "write", "string", kind) end
      parts[i] = tostring(parts[i])
    end
    text = concat(parts, "", 1, count)
  end
  if state.stream then
    host.stream(state.stream, text)
    return file
  end
  local position, message, number = host.write(state.id, state.append and -1 or state.pos, text)
  if not position then return nil, message, number end
  state.pos, state.block = position, false
  return file
end

function methods.write(file, ...) return write(file, state_of(file, "write"), ...) end

function methods.seek(file, whence, offset)
  local state = state_of(file, "seek")
  whence = whence == nil and "cur" or whence
  if type(whence) ~= "string" then bad_argument(1, "seek", "string", type(whence)) end
  local given = offset
  offset = offset == nil and 0 or tonumber(offset)
  if not offset then bad_argument(2, "seek", "number", type(given)) end
  if whence ~= "set" and whence ~= "cur" and whence ~= "end" then
    error(format("bad argument #1 to 'seek' (invalid option '%s')", whence), 2)
  end
  if not state.id then return nil, "Illegal seek", 29 end
  local base = whence == "set" and 0 or whence == "cur" and state.pos or host.size(state.id)
  local target = base + (tointeger(offset) or tointeger(offset - offset % 1))
  if target < 0 then return nil, "Invalid argument", 22 end
  state.pos = target
  return target
end

function methods.flush(file)
  state_of(file, "flush")
  return true
end

function methods.setvbuf(file, mode)
  state_of(file, "setvbuf")
  if mode ~= "no" and mode ~= "full" and mode ~= "line" then
    error(format("bad argument #1 to 'setvbuf' (invalid option '%s')", tostring(mode)), 2)
  end
  return true
end

function methods.close(file)
  local state = state_of(file, "close")
  if state.stream then return nil, "cannot close standard file" end
  state.closed = true
  state.block = false
  if state.id then host.close(state.id) end
  local status = state.exit_status
  if status == nil then return true end
  if status == 0 then return true, "exit", 0 end
  return nil, status < 0 and "signal" or "exit", status < 0 and 9 or status
end

function metatable.__tostring(file)
  local state = states[file]
  return state and not state.closed and format("file (%p)", file) or "file (closed)"
end

local function release(file)
  local state = states[file]
  if state and state.id and not state.closed then
    state.closed = true
    host.close(state.id)
  end
end
metatable.__gc = release
metatable.__close = release

local function new_file(state)
  local file = newuserdata(metatable)
  state.pos, state.start = 0, 0
  states[file] = state
  return file
end

-- ── the module ───────────────────────────────────────────────────────────────────────────────────────────────────

local module = {
  stdin = new_file({ stream = "stdin", reads = true }),
  stdout = new_file({ stream = "stdout", writes = true }),
  stderr = new_file({ stream = "stderr", writes = true }),
}
local input, output = module.stdin, module.stdout
io = module

-- file, or nil, message, number
local function open(path, mode)
  local id, message, number = host.open(path, mode)
  if not id then return nil, message, number end
  local letter, update = byte(mode), find(mode, "+", 1, true) ~= nil
  -- Every field, so that the table is made once.
  return new_file({
    id = id,
    reads = letter == 114 or update,
    writes = letter ~= 114 or update,
    append = letter == 97,
    pos = 0,
    start = 0,
    block = false,
    closed = false,
  })
end

local function path_argument(position, name, path, level)
  if type(path) == "number" then return tostring(path) end
  if type(path) ~= "string" then
    bad_argument(position, name, "string", path == nil and "no value" or type(path), level or 3)
  end
  return path
end

function module.open(path, mode)
  path = path_argument(1, "open", path)
  if mode == nil then mode = "r" end
  if type(mode) ~= "string" then bad_argument(2, "open", "string", type(mode)) end
  return open(path, mode)
end

function module.close(file)
  if file == nil then file = output end
  state_of(file, "close")
  return methods.close(file)
end

function module.lines(path, ...)
  if path == nil then
    state_of(input, "lines")
    return lines_of(input, false, ...)
  end
  local file, message = open(path_argument(1, "lines", path), "r")
  if not file then error("bad argument #1 to 'lines' (" .. message .. ")", 2) end
  return lines_of(file, true, ...), nil, nil, file
end

-- The default stream after it was set by a path or a handle.
local function stream(name, mode, value, current)
  if value == nil then return current end
  if states[value] then return value end
  local file, message = open(path_argument(1, name, value, 4), mode)
  if not file then error(format("bad argument #1 to '%s' (%s)", name, message), 3) end
  return file
end

function module.input(value)
  input = stream("input", "r", value, input)
  return input
end

function module.output(value)
  output = stream("output", "w", value, output)
  return output
end

function module.read(...)
  local state = states[input]
  if state.closed then error("default input file is closed", 2) end
  return read(state, ...)
end

function module.write(...)
  local state = states[output]
  if state.closed then error("default output file is closed", 2) end
  return write(output, state, ...)
end

function module.flush()
  if states[output].closed then error("default output file is closed", 2) end
  return true
end

function module.type(value)
  local state = value ~= nil and states[value]
  if not state then return nil end
  return state.closed and "closed file" or "file"
end

function module.tmpfile()
  local id, message, number = host.temporary()
  if not id then return nil, message, number end
  return new_file({ id = id, reads = true, writes = true })
end

-- Reads the output of a command that has already ended; nil and a text where there are no processes.
function module.popen(command, mode)
  command = path_argument(1, "popen", command)
  if mode ~= nil and mode ~= "r" and mode ~= "w" then error("bad argument #2 to 'popen' (invalid mode)", 2) end
  if mode == "w" then return nil, "popen cannot write to a process in this runtime" end
  local output, status = host.popen(command)
  if not output then return nil, status end
  return new_file({ reads = true, block = output, exit_status = status })
end
