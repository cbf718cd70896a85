-- zlib as lua-zlib has it: functions that take pieces and answer pieces.
local host, primitives = ...
local error, type, tostring, newuserdata = error, type, tostring, primitives.newuserdata

-- A stream of the host ends with its last piece, or when nobody has it any more.
local function stream(kind, level, window)
  local id = host.open(kind, level, window)
  local mark = newuserdata({ __gc = function() host.close(id) end })
  local finished, total_in, total_out = false, 0, 0
  return function(text, flush)
    -- Kept as long as this function.
    if mark == nil then return end
    if text ~= nil and type(text) ~= "string" then error("bad argument #1 (string expected, got " .. type(text) .. ")", 2) end
    if finished then
      if text == nil or text == "" then return "", true, total_in, total_out end
      error("IllegalState: calling stream function when stream was previously closed", 0)
    end
    -- Without a piece it is the end.
    if text == nil then flush = "finish" end
    if flush ~= nil and flush ~= "none" and flush ~= "sync" and flush ~= "full" and flush ~= "finish" then
      error("bad argument #2 (invalid option '" .. tostring(flush) .. "')", 2)
    end
    local out, done, taken = host.push(id, text or "", flush or "none")
    total_in, total_out = total_in + taken, total_out + #out
    if done then
      finished = true
      host.close(id)
    end
    return out, done, total_in, total_out
  end
end

local zlib = {
  _VERSION = "lua-zlib 1.2", BEST_SPEED = 1, BEST_COMPRESSION = 9, DEFAULT_COMPRESSION = -1, NO_COMPRESSION = 0,
  MAXIMUM_WINDOWBITS = 15, MINIMUM_WINDOWBITS = 8, GZIP_WINDOWBITS = 16, RAW_WINDOWBITS = -1,
}
function zlib.deflate(level, window) return stream("deflate", level or -1, window or 15) end
function zlib.inflate(window) return stream("inflate", 0, window or 47) end
function zlib.version() return 1, 2, 13 end

local function checksum(name, start)
  return function()
    local sum, total = start, 0
    return function(text)
      if text == nil then return sum, total end
      if type(text) == "function" then
        -- Another one's: as if its input had been put behind.
        local other, length = text()
        sum, total = host[name .. "_combine"](sum, other, length), total + length
        return sum, total
      end
      if type(text) ~= "string" then error("bad argument #1 (string expected, got " .. type(text) .. ")", 2) end
      sum, total = host[name](sum, text), total + #text
      return sum, total
    end
  end
end
zlib.crc32, zlib.adler32 = checksum("crc32", 0), checksum("adler32", 1)
-- One call for the whole.
function zlib.compress(text, level) return (zlib.deflate(level)(text, "finish")) end
function zlib.decompress(text, window) return (zlib.inflate(window)(text, "finish")) end
primitives.exports.bundled.zlib = zlib
