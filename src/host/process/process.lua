-- vulcan.process (vulcan-api.md §10). Tables are taken apart here, because the host checks each member in its own words and order.
local host, primitives = ...
local error, type, next, unpack = error, type, next, table.unpack

-- Items travel as arguments, of which Lua takes a limited number; every system has such a limit.
local most_items = 100000

-- The items up to the first nil, and the pairs of a table, as one list: count, items, keys and values in turn.
local function flatten(label, args, env)
  local list, count = {}, 0
  if type(args) == "table" then
    while args[count + 1] ~= nil do
      count = count + 1
      list[count + 1] = args[count]
    end
  end
  list[1] = count
  if count > most_items then error(label .. ": args has too many items", 0) end
  local top = count + 1
  if type(env) == "table" then
    for key, value in next, env do
      list[top + 1] = key
      list[top + 2] = value
      top = top + 2
    end
    if top > 2 * most_items then error(label .. ": env has too many items", 0) end
  end
  return list, top
end

local function exec(spec)
  if type(spec) ~= "table" then return host.exec(spec) end
  local list, top = flatten("process.exec", spec.args, spec.env)
  return host.exec(spec.command, spec.program, spec.args, spec.cwd, spec.env, spec.stdin, spec.timeout_ms, spec.shell,
    spec.encoding, spec.stdout_encoding, spec.stderr_encoding, spec.stdin_encoding, unpack(list, 1, top))
end

-- A handle that is collected takes its program with it. The finaliser hangs on a table that only the methods hold: the handle
-- itself is the skill's to set a metatable on.
local function handle(id)
  local session = {}
  local open = primitives.setmetatable({ id = id }, { __gc = function() host.session_drop(id) end })
  function session.write(_, ...) return host.session_write(open.id, ...) end
  function session.read(_, options)
    if type(options) ~= "table" then return host.session_read(open.id, options) end
    return host.session_read(open.id, nil, options.timeout_ms, options.max_bytes, options.until_text)
  end
  function session.status() return host.session_status(open.id) end
  function session.close(_, options)
    if type(options) ~= "table" then return host.session_close(open.id, options) end
    return host.session_close(open.id, nil, options.timeout_ms)
  end
  function session.kill() return host.session_kill(open.id) end
  return session
end

local function open(spec)
  if type(spec) ~= "table" then return host.session_open(spec) end
  local list, top = flatten("process.session.open", spec.args, nil)
  return handle(host.session_open(spec, spec.program, spec.args, spec.cwd, spec.encoding, spec.stdout_encoding,
    spec.stderr_encoding, spec.stdin_encoding, spec.buffer_limit_bytes, unpack(list, 1, top)))
end

vulcan.process = {
  exec = function(spec) return exec(spec) end,
  launchers = function() return host.launchers() end,
  which = function(program) return host.which(program) end,
  session = { open = function(spec) return open(spec) end },
}
