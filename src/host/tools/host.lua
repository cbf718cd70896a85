-- vulcan.host (vulcan-api.md §13.1): tools the embedding application lends to skills.
local host = ...
local tools = vulcan.host

tools.list = function() return host.list() end
tools.has = function(tool_name) return host.has(tool_name) end
tools.has_tool = tools.has
tools.call = function(tool_name, args) return host.call(tool_name, args) end
