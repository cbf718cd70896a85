-- vulcan.cache (vulcan-api.md §11). The scope is the running tool, else the skill, else the runtime itself.
local host, primitives = ...
local internal = primitives.exports.internal
local cache = vulcan.cache

local function scope()
  local current = internal()
  return current.tool_name or current.skill_name or "__runtime"
end

cache.put = function(value, ttl_sec) return host.put(value, ttl_sec, scope()) end
cache.get = function(cache_id) return host.get(cache_id, scope()) end
cache.delete = function(cache_id) return host.delete(cache_id, scope()) end
