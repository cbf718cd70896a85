-- `package` and `require`. Stands behind sandbox.lua in one chunk, and answers for it.
package = {
  loaded = {
    _G = _G, coroutine = coroutine, debug = debug, math = math, os = os, string = string, table = table, utf8 = utf8,
  },
  preload = {},
  path = "",
  cpath = "",
  config = "/\n;\n?\n!\n-\n",
}
package.loaded.package = package

local package, loaded, preload = package, package.loaded, package.preload
primitives.exports.loaded = loaded

package.searchers = {
  function(name)
    local loader = preload[name]
    if loader == nil then return "no field package.preload['" .. name .. "']" end
    return loader, ":preload:"
  end,
}

-- In Lua, so that a module's chunk may wait under either strategy.
function require(name)
  if type(name) ~= "string" then
    if type(name) ~= "number" then
      error("bad argument #1 to 'require' (string expected, got " .. (name == nil and "no value" or type(name)) .. ")", 2)
    end
    name = tostring(name)
  end
  local value = loaded[name]
  if value then return value end
  local searchers = package.searchers
  if type(searchers) ~= "table" then error("'package.searchers' must be a table", 2) end
  local tried = ""
  for i = 1, #searchers do
    local loader = searchers[i](name)
    if type(loader) == "function" then
      -- The name alone, as in 5.1: chunks count what they are given, and `module(...)` takes the rest for options.
      local result = loader(name)
      if result ~= nil then
        loaded[name] = result
      elseif loaded[name] == nil then
        loaded[name] = true
      end
      return loaded[name]
    elseif type(loader) == "string" then
      tried = tried .. "\n\t" .. loader
    end
  end
  error("module '" .. name .. "' not found:" .. tried, 2)
end

return primitives
