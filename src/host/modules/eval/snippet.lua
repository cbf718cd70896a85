-- Runs in the state of a snippet; `args` says what.
local given, count, method = args.args, args.count, args.method

local function compiled(text, name)
  local chunk, message = load(text, name, "t")
  if not chunk then error(errors.new({ message = message, kind = errors.INVALID, retryable = false }), 0) end
  return chunk
end

local main = compiled(args.source, "=eval")
if args.compile then return true end
local function lend(name, value)
  package.loaded[name] = value
  _G[name] = value
end
for alias, text in pairs(args.imports) do lend(alias, compiled(text, "=" .. alias)()) end
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
