-- Runs a script for an agent or a tool (genx.md §6): its own globals, `ctx` and `rt`, one handler.
local host, primitives, parts = ...
local type, error, setmetatable, select, tostring, rawget = type, error, setmetatable, select, tostring, rawget
local find, load, G = string.find, primitives.load, _G

local scripts = {}

local function compile(request, globals)
  local source, library = request.source, nil
  if request.luau then
    local translated = host.translate(source)
    if translated.err then error("error loading " .. request.kind .. " '" .. request.name .. "': " .. translated.err, 0) end
    source, library = translated.source, translated.library
  end
  if library then parts.luau_library() end
  local chunk, message = load(source, "@" .. request.name, "t", globals)
  if not chunk then error("error loading " .. request.kind .. " '" .. request.name .. "': " .. message, 0) end
  return chunk
end

-- What a script gives itself stays with it; what was there is there.
local function globals_of(ctx, rt)
  local globals = setmetatable({ ctx = ctx, rt = rt }, { __index = G })
  globals._G = globals
  function globals.print(...) host.log("info", parts.line(...)) end
  return globals
end

local function tool(request, globals, output)
  local chunk = compile(request, globals)
  chunk()
  local invoke = rawget(globals, "invoke")
  if type(invoke) == "function" then
    local value, err = invoke(globals.ctx, request.args)
    if value == nil and err ~= nil then error(err, 0) end
    if value ~= nil then return value end
  elseif not output.called then
    if find(request.source, "%f[%w_]rt%s*[:%.]") then error("tool did not call output", 0) end
    error("tool " .. request.name .. ": invoke is not defined", 0)
  end
  if output.err ~= nil then error(output.err, 0) end
  return output.value
end

local function agent(request, globals)
  local chunk = compile(request, globals)
  chunk()
  local handlers = {}
  for _, name in next, { "run", "on_start", "on_input", "on_close" } do
    if type(rawget(globals, name)) == "function" then handlers[name] = true end
  end
  if request.handler == "describe" then return handlers end
  local handler = rawget(globals, request.handler)
  -- A script of the `rt` kind has no `run`: its chunk was the run.
  if type(handler) ~= "function" then return nil end
  return handler(globals.ctx, request.args)
end

function scripts.run(request)
  if type(request) ~= "table" or type(request.run) ~= "string" then error("genx.run: a request of the page is needed", 2) end
  local output = { called = false }
  local ctx, rt = parts.ctx(request, output), parts.rt(request, output)
  local globals = globals_of(ctx, rt)
  if request.kind == "agent" then return parts.json.data(agent(request, globals)) end
  return parts.json.data(tool(request, globals, output))
end

return scripts
