-- ltn12 of LuaSocket: filters, sources, sinks, pumps.
local _, primitives = ...
local bundled = primitives.exports.bundled
-- Others bring it along.
if bundled.ltn12 then return end
local error, assert, type, select = error, assert, type, select
local sub = string.sub
local insert, remove, unpack = table.insert, table.remove, table.unpack

local filter, source, sink, pump = {}, {}, {}, {}
local ltn12 = { BLOCKSIZE = 2048, _VERSION = "LTN12 1.0.3", filter = filter, source = source, sink = sink, pump = pump }

-- A filter from a low-level one that takes a context and a chunk and answers a result and the new context.
function filter.cycle(low, context, extra)
  assert(low, "bad argument #1 to 'cycle'")
  return function(chunk)
    local result
    result, context = low(context, chunk, extra)
    return result
  end
end

-- One filter behind the other. A filter answers "" when it wants more input, and nil when it has no more to say.
function filter.chain(...)
  local filters, count = { ... }, select("#", ...)
  local top, index, retry = 1, 1, ""
  return function(chunk)
    retry = chunk and retry
    while true do
      if index == top then
        chunk = filters[index](chunk)
        if chunk == "" or top == count then return chunk end
        if chunk then index = index + 1
        else
          top = top + 1
          index = top
        end
      else
        chunk = filters[index](chunk or "")
        if chunk == "" then
          index = index - 1
          chunk = retry
        elseif chunk then
          if index == count then return chunk end
          index = index + 1
        else
          error("filter returned inappropriate nil")
        end
      end
    end
  end
end

local function nothing() return nil end
function source.empty() return nothing end
function source.error(message) return function() return nil, message end end
function source.file(handle, message)
  if not handle then return source.error(message or "unable to open file") end
  return function()
    local chunk = handle:read(ltn12.BLOCKSIZE)
    if not chunk then handle:close() end
    return chunk
  end
end
-- A fancy source may answer a source that takes its place.
function source.simplify(given)
  assert(given, "bad argument #1 to 'simplify'")
  return function()
    local chunk, next_or_message = given()
    given = next_or_message or given
    if not chunk then return nil, next_or_message end
    return chunk
  end
end
function source.string(text)
  if not text then return source.empty() end
  local at = 1
  return function()
    local chunk = sub(text, at, at + ltn12.BLOCKSIZE - 1)
    at = at + ltn12.BLOCKSIZE
    if chunk ~= "" then return chunk end
    return nil
  end
end
function source.table(list)
  assert(type(list) == "table", "bad argument #1 to 'table'")
  local i = 0
  return function()
    i = i + 1
    return list[i]
  end
end
function source.rewind(given)
  assert(given, "bad argument #1 to 'rewind'")
  local stack = {}
  return function(chunk)
    if chunk then
      insert(stack, chunk)
      return nil
    end
    chunk = remove(stack)
    if chunk then return chunk end
    return given()
  end
end
function source.chain(given, ...)
  assert(given and ..., "bad argument #2 to 'chain'")
  local through = select("#", ...) > 1 and filter.chain(...) or (...)
  local last_in, last_out = "", ""
  local state = "feeding"
  local message
  return function()
    if not last_out then error("source is empty!", 2) end
    while true do
      if state == "feeding" then
        last_in, message = given()
        if message then return nil, message end
        last_out = through(last_in)
        if not last_out then
          if last_in then error("filter returned inappropriate nil") end
          return nil
        elseif last_out ~= "" then
          state = "eating"
          if last_in then last_in = "" end
          return last_out
        end
      else
        last_out = through(last_in)
        if last_out == "" then
          if last_in ~= "" then error('filter returned ""') end
          state = "feeding"
        elseif not last_out then
          if last_in then error("filter returned inappropriate nil") end
          return nil
        else
          return last_out
        end
      end
    end
  end
end
function source.cat(...)
  local list = { ... }
  local current = remove(list, 1)
  return function()
    while current do
      local chunk, message = current()
      if chunk then return chunk end
      if message then return nil, message end
      current = remove(list, 1)
    end
  end
end

function sink.table(list)
  list = list or {}
  return function(chunk)
    if chunk then insert(list, chunk) end
    return 1
  end, list
end
function sink.simplify(given)
  assert(given, "bad argument #1 to 'simplify'")
  return function(chunk, message)
    local result, next_or_message = given(chunk, message)
    if not result then return nil, next_or_message end
    given = next_or_message or given
    return 1
  end
end
function sink.file(handle, message)
  if not handle then return sink.error(message or "unable to open file") end
  return function(chunk)
    if not chunk then
      handle:close()
      return 1
    end
    return handle:write(chunk)
  end
end
function sink.null() return function() return 1 end end
function sink.error(message) return function() return nil, message end end
function sink.chain(...)
  local parts = { ... }
  assert(#parts > 1, "bad argument #2 to 'chain'")
  local target = remove(parts)
  local through = #parts > 1 and filter.chain(unpack(parts)) or parts[1]
  return function(chunk, message)
    if chunk ~= "" then
      local result = through(chunk)
      local done = chunk and ""
      while true do
        local taken, wrong = target(result, message)
        if not taken then return nil, wrong end
        if result == done then return 1 end
        result = through(done)
      end
    end
    return 1
  end
end

function pump.step(from, to)
  local chunk, source_message = from()
  local taken, sink_message = to(chunk, source_message)
  if chunk and taken then return 1 end
  return nil, source_message or sink_message
end
function pump.all(from, to, step)
  assert(from and to, "bad argument #1 to 'all'")
  step = step or pump.step
  while true do
    local going, message = step(from, to)
    if not going then
      if message then return nil, message end
      return 1
    end
  end
end

bundled.ltn12 = ltn12
