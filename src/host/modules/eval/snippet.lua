-- Runs in the state of a snippet; `args` says what.
local given, count, method = args.args, args.count, args.method

local function compiled(text, name, env)
  local chunk, message = load(text, name, "t", env or _G)
  if not chunk then error(errors.new({ message = message, kind = errors.INVALID, retryable = false }), 0) end
  return chunk
end

local main = compiled(args.source, "=eval")
if args.compile then return true end
local function lend(name, value)
  package.loaded[name] = value
  _G[name] = value
end
-- Modules that only a library may require: their loaders are gone before anything runs.
local loaders, preload, require = {}, package.preload, require
for _, library in pairs(args.imports) do
  for _, name in ipairs(library.hidden) do
    loaders[name] = loaders[name] or preload[name]
    preload[name] = nil
  end
end
local kept = {}
local function surroundings(hidden)
  if #hidden == 0 then return _G end
  local own = {}
  for _, name in ipairs(hidden) do own[name] = true end
  local function required(name)
    if not own[name] then return require(name) end
    if kept[name] == nil then kept[name] = loaders[name](name) end
    return kept[name]
  end
  return setmetatable({ require = required }, { __index = _G, __newindex = _G, __metatable = false })
end
for alias, library in pairs(args.imports) do
  lend(alias, compiled(library.source, "=" .. alias, surroundings(library.hidden))())
end
for name, value in pairs(args.custom) do lend(name, value) end
local function absent()
  error(errors.new({ message = 'method "' .. method .. '" not found in module', kind = errors.NOT_FOUND, retryable = false }), 0)
end
if method == "" then
  local made = main(table.unpack(given, 1, count))
  if type(made) == "function" then return made(table.unpack(given, 1, count)) end
  return made
end
local made = main()
if type(made) == "table" then made = made[method] end
if type(made) ~= "function" then absent() end
return made(table.unpack(given, 1, count))
