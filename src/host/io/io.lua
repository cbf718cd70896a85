-- vulcan.io: handles that keep the whole file in memory (vulcan-api.md §7.3), and the managed global `io` of luaexec (§7.4).
-- The host checks arguments, converts encodings and touches files; reading, writing and seeking happen here.
local host, primitives = ...
local exports = primitives.exports
local _G, error, type, select, tostring, rawset = _G, error, type, select, tostring, rawset
local sub, find, byte, concat, utf8len, tointeger = string.sub, string.find, string.byte, table.concat, utf8.len, math.tointeger
local maxinteger, pack, unpack = math.maxinteger, table.pack, table.unpack

-- userdata → state { raw, length, cursor, …}. Weak, so that a dropped handle takes its buffer with it.
local states = primitives.setmetatable({}, { __mode = "k" })

local function fail(text) error(text, 0) end

-- `{ encoding = { encoding = "gbk" } }` → "gbk". What is neither nil nor a string is left for the host to refuse.
local function encoding_option(options)
  for _ = 1, 100 do
    if type(options) ~= "table" then break end
    options = options.encoding
  end
  return options
end

-- ── encodings ────────────────────────────────────────────────────────────────────────────────────────────────────

local function is_ascii(text) return not find(text, "[\128-\255]") end

local function decode(piece, strategy)
  if strategy == "utf-8" then
    if utf8len(piece) then return piece end
  elseif strategy ~= "base64" and is_ascii(piece) then
    return piece
  end
  return host.decode(piece, strategy)
end

local function encode(label, text, strategy)
  if strategy == "utf-8" or (strategy ~= "base64" and is_ascii(text)) then return text end
  return host.encode(label, text, strategy)
end

-- ── the buffer ───────────────────────────────────────────────────────────────────────────────────────────────────

-- Bytes written at the end wait in `tail`, so that many small writes do not copy the buffer each time.
local function flat(state)
  local tail = state.tail
  if tail then
    state.raw = state.raw .. concat(tail)
    state.tail = nil
  end
  return state.raw
end

local function append(state, bytes)
  local tail = state.tail
  if not tail then
    tail = {}
    state.tail = tail
  end
  tail[#tail + 1] = bytes
  state.length = state.length + #bytes
  state.cursor = state.length
end

local function overwrite(state, bytes)
  local at = state.cursor
  if at >= state.length then return append(state, bytes) end
  local raw = flat(state)
  state.raw = sub(raw, 1, at) .. bytes .. sub(raw, at + #bytes + 1)
  state.length = #state.raw
  state.cursor = at + #bytes
end

-- The next line as raw bytes without its end, or nil.
local function next_line(state)
  local raw, at = flat(state), state.cursor
  if at >= state.length then return nil end
  local stop = find(raw, "\n", at + 1, true)
  state.cursor = stop or state.length
  local last = (stop or state.length + 1) - 1
  if last > at and byte(raw, last) == 13 then last = last - 1 end
  return sub(raw, at + 1, last)
end

-- ── handles ──────────────────────────────────────────────────────────────────────────────────────────────────────

local methods = {}
local metatable = { __index = methods, __name = "vulcan.io.file", __metatable = "vulcan.io.file" }
local newuserdata = primitives.newuserdata

local function state_of(file, method)
  local state = states[file]
  if not state then fail("file:" .. method .. ": expected a file, got " .. type(file)) end
  return state
end

local function readable(file, method)
  local state = state_of(file, method)
  if state.closed then fail("file:" .. method .. ": file is already closed") end
  if not state.reads then fail("file:" .. method .. ": file is not opened for reading") end
  return state
end

local function text_of(state, piece)
  if state.binary then return piece end
  return decode(piece, state.strategy)
end

local function read_line(state)
  local line = next_line(state)
  if line then return text_of(state, line) end
  return nil
end

local function read_one(state, format)
  local kind = type(format)
  if format == nil or format == "*l" or format == "l" then return read_line(state) end
  if format == "*a" or format == "a" then
    local rest = sub(flat(state), state.cursor + 1)
    state.cursor = state.length
    return text_of(state, rest)
  end
  local count = kind == "number" and tointeger(format)
  if count and count >= 0 then
    if count == 0 then return "" end
    local at = state.cursor
    if at >= state.length then return nil end
    state.cursor = count < state.length - at and at + count or state.length
    return text_of(state, sub(flat(state), at + 1, state.cursor))
  end
  if kind ~= "string" then fail("file:read unsupported format argument " .. kind) end
  if not utf8len(format) then fail("file:read format must be valid UTF-8") end
  fail("file:read unsupported format `" .. format .. "`")
end

function methods.read(file, ...)
  local state = readable(file, "read")
  local count = select("#", ...)
  if count <= 1 then return read_one(state, (...)) end
  local formats, values = pack(...), {}
  for i = 1, count do values[i] = read_one(state, formats[i]) end
  return unpack(values, 1, count)
end

function methods.lines(file)
  readable(file, "read")
  return function() return read_line(readable(file, "read")) end
end

local function written(state, value)
  local kind = type(value)
  if kind == "string" then
    if state.binary then return value end
    if not utf8len(value) then fail("file:write string must be valid UTF-8 in text mode") end
    return encode("file:write", value, state.strategy)
  elseif kind ~= "number" and kind ~= "boolean" then
    fail("file:write unsupported value " .. kind)
  end
  local text
  if kind == "boolean" then
    text = tostring(value)
  else
    -- Integers in full; what else there is (fractions, -0, beyond 64 bits) the host renders without an exponent.
    local whole = value ~= 0 and tointeger(value)
    text = whole and tostring(whole) or host.inline(value)
  end
  if state.binary then return text end
  return encode("file:write", text, state.strategy)
end

function methods.write(file, ...)
  local state = state_of(file, "write")
  if state.closed then fail("file:write: file is already closed") end
  if not state.writes then fail("file:write: file is not opened for writing") end
  local put = state.update and state.mode ~= "a" and overwrite or append
  for i = 1, select("#", ...) do put(state, written(state, (select(i, ...)))) end
  return true
end

local function flush(state)
  if not state.writes then return end
  if state.mode == "a" and not state.update then
    if state.length > state.flushed then
      host.append_file("file:flush", state.path, sub(flat(state), state.flushed + 1))
      state.flushed = state.length
    end
  else
    host.write_file("file:flush", state.path, flat(state))
  end
end

function methods.flush(file)
  local state = state_of(file, "flush")
  if state.closed then fail("file:flush: file is already closed") end
  flush(state)
  return true
end

function methods.close(file)
  local state = state_of(file, "close")
  if state.closed then return true end
  flush(state)
  state.closed = true
  state.raw, state.tail = "", nil
  if state.temporary then host.delete_file(state.path) end
  -- Of a popen handle the first close tells how the child ended.
  return state.success ~= false
end

function methods.seek(file, whence, offset)
  local state = state_of(file, "seek")
  if state.closed then fail("file:seek: file is already closed") end
  if whence == nil then whence = "cur" end
  if offset == nil then offset = 0 end
  if type(offset) ~= "number" then fail("file:seek offset must be a number, got " .. type(offset)) end
  local base
  if whence == "set" then base = 0
  elseif whence == "cur" then base = state.cursor
  elseif whence == "end" then base = state.length
  else fail("file:seek unsupported whence `" .. tostring(whence) .. "`") end
  if not (offset > -0x1p63 and offset < 0x1p63) then fail("file:seek offset overflow") end
  offset = tointeger(offset) or tointeger(offset - offset % 1)
  -- In this order: sums beyond 2^53 are no integers any more.
  if offset > 0 and offset - maxinteger + base > 0 then fail("file:seek offset overflow") end
  local target = base + offset
  if target < 0 then fail("file:seek offset before start") end
  state.cursor = target < state.length and target or state.length
  return state.cursor
end

function methods.setvbuf(file)
  state_of(file, "setvbuf")
  return true
end

function metatable.__tostring(file)
  local state = states[file]
  return state and not state.closed and "file (" .. state.path .. ")" or "file (closed)"
end

metatable.__close = methods.close

local function handle(path, mode, update, binary, strategy, content)
  local file = newuserdata(metatable)
  states[file] = {
    path = path,
    mode = mode,
    update = update,
    binary = binary,
    strategy = strategy,
    reads = update or mode == "r",
    writes = update or mode ~= "r",
    raw = content,
    length = #content,
    cursor = 0,
    flushed = 0,
  }
  return file
end

-- ── the module ───────────────────────────────────────────────────────────────────────────────────────────────────

local module = {
  read_text = function(path, options) return host.read_text(path, encoding_option(options)) end,
  write_text = function(path, content, options) return host.write_text(path, content, encoding_option(options)) end,
  append_text = function(path, content, options) return host.append_text(path, content, encoding_option(options)) end,
}
vulcan.io = module

function module.open(path, mode, options)
  return handle(host.open("vulcan.io.open", "path", path, mode, encoding_option(options)))
end

function module.lines(path, options)
  local content, strategy = host.lines(path, encoding_option(options))
  local state = { raw = content, length = #content, cursor = 0, strategy = strategy }
  return function() return read_line(state) end
end

function module.popen(command, mode, options)
  if type(mode) == "table" then mode, options = nil, mode end
  local timeout
  if type(options) == "table" then timeout = options.timeout_ms end
  local output, strategy, binary, success = host.popen(command, mode, encoding_option(options), timeout)
  local file = handle("popen", "r", false, binary, strategy, output)
  states[file].success = success
  return file
end

function module.tmpfile()
  local path, strategy = host.reserve_temporary()
  local file = handle(path, "w", true, false, strategy, "")
  states[file].temporary = true
  return file
end

-- ── the managed global io ────────────────────────────────────────────────────────────────────────────────────────

-- A fresh table with fresh default streams.
local function managed_io()
  local input, output
  local io = { open = module.open, lines = module.lines, popen = module.popen, tmpfile = module.tmpfile }

  local function stream(label, mode, value)
    if states[value] then return value end
    if type(value) ~= "string" then fail(label .. " expected path string or managed file, got " .. type(value)) end
    return handle(host.open(label, "file", value, mode))
  end

  function io.input(value)
    if value ~= nil then input = stream("io.input", "r", value) end
    return input
  end

  function io.output(value)
    if value ~= nil then output = stream("io.output", "w", value) end
    return output
  end

  function io.read(...)
    if not input then fail("io.read has no managed input; call io.input(path_or_file) first") end
    return methods.read(input, ...)
  end

  function io.write(...)
    if output then return methods.write(output, ...) end
    host.standard_output(...)
    return true
  end

  function io.flush()
    if output then methods.flush(output) end
    return true
  end

  function io.close(file)
    if file == nil then
      file, output = output, nil
      return file == nil or methods.close(file)
    end
    if not states[file] then fail("io.close expected managed file, got " .. type(file)) end
    return methods.close(file)
  end

  function io.type(value)
    local state = value ~= nil and states[value]
    return state and (state.closed and "closed file" or "file") or "nil"
  end

  return io
end

-- Replaces the global `io`; does nothing where the host has switched the capability off. Called before each luaexec.
function exports.install_managed_io()
  if not host.managed_io_enabled() then return end
  local managed = managed_io()
  rawset(_G, "io", managed)
  exports.loaded.io = managed
  exports.preload.io = function() return managed end
end
