-- vulcan.config (vulcan-api.md §12): the store of the running skill.
local host, primitives = ...
local internal = primitives.exports.internal
local config = vulcan.config

config.get = function(key) return host.get(key, internal().skill_name) end
config.has = function(key) return host.has(key, internal().skill_name) end
config.set = function(key, value) return host.set(key, value, internal().skill_name) end
config.delete = function(key) return host.delete(key, internal().skill_name) end
config.list = function() return host.list(internal().skill_name) end
