-- vulcan.runtime.lua.exec (vulcan-api.md §8); main VMs only.
local host, primitives = ...
local exports = primitives.exports

vulcan.runtime.lua.exec = function(input)
  return host.lua_exec(input, exports.internal().tool_name)
end
