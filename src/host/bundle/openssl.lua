-- digest, hmac and rand of luaossl; the rest of OpenSSL is not here.
local host, primitives = ...
local string = string
local bundled = primitives.exports.bundled
local error, type, format, setmetatable, floor = error, type, string.format, setmetatable, math.floor
local concat, select, tostring = table.concat, select, tostring

local function bad(position, name, text) error(format("bad argument #%d to '%s' (%s)", position, name, text), 3) end

-- Pieces are kept and hashed at the end: objects that hold state of the host would have to be freed.
local function updater(name, finish)
  local methods = {}
  function methods:update(...)
    if self.done then error(name .. " is finalized already", 2) end
    for i = 1, select("#", ...) do
      local text = (select(i, ...))
      if type(text) ~= "string" then bad(i, "update", "string expected, got " .. type(text)) end
      self[#self + 1] = text
    end
    return self
  end
  function methods:final(...)
    if self.done then error(name .. " is finalized already", 2) end
    self:update(...)
    self.done = true
    return finish(self, concat(self))
  end
  return { __index = methods, __name = "EVP_MD_CTX*" }
end

local function algorithm(name, position, value)
  value = value or "sha1"
  if type(value) ~= "string" then bad(position, name, "string expected, got " .. type(value)) end
  if not host.has_digest(value) then error(format("%s: invalid digest type (%s)", name, value), 3) end
  return value
end

local digest_mt = updater("digest", function(self, text) return host.digest(self.algorithm, text) end)
local hmac_mt = updater("HMAC", function(self, text) return host.hmac(self.algorithm, self.key, text) end)

bundled["openssl.digest"] = {
  new = function(name) return setmetatable({ algorithm = algorithm("digest.new", 1, name) }, digest_mt) end,
  interpose = function() error("openssl.digest.interpose is not supported here", 2) end,
}
bundled["openssl.hmac"] = {
  new = function(key, name)
    if type(key) ~= "string" then bad(1, "new", "string expected, got " .. type(key)) end
    return setmetatable({ key = key, algorithm = algorithm("hmac.new", 2, name) }, hmac_mt)
  end,
}

local rand = {}
function rand.bytes(count)
  if type(count) ~= "number" then bad(1, "bytes", "number expected, got " .. type(count)) end
  if count < 0 or count > 1 << 24 then bad(1, "bytes", "count out of range") end
  return host.random(floor(count))
end
-- A number below `bound`, all equally likely; without one, any of 64 bits.
function rand.uniform(bound)
  local function any() return (string.unpack("<I8", host.random(8))) & (1 << 53) - 1 end
  if bound == nil then return any() end
  if type(bound) ~= "number" or bound < 1 then bad(1, "uniform", "positive number expected") end
  bound = floor(bound)
  local limit = (1 << 53) - (1 << 53) % bound
  while true do
    local value = any()
    if value < limit then return value % bound end
  end
end
function rand.ready() return true end
function rand.add() end
function rand.seed() end
bundled["openssl.rand"] = rand

bundled.openssl = setmetatable({ VERSION_NUMBER = 0x30000000, version = function() return "OpenSSL (vulcan: digest, hmac and rand only)" end }, {
  __index = function(_, key) error("openssl." .. tostring(key) .. " is not supported here: this sandbox has digest, hmac and rand", 2) end,
})
