-- `ctx` (genx.md §6.3): what waits raises an error object when it fails.
local host, primitives, parts = ...
local type, error, setmetatable, next, tostring, sort, concat = type, error, setmetatable, next, tostring, table.sort, table.concat
local http, chunks, json, streams, promises = parts.http, parts.chunks, parts.json, parts.streams, parts.promises

-- An error object where the host has them, else its message.
local function raise(failure)
  local errors = _G.errors
  if type(errors) == "table" and errors.new then
    error(errors.new({ message = failure.message, kind = failure.kind, retryable = failure.retryable, details = failure.details }), 0)
  end
  error(failure.message, 0)
end

-- Asks the page on behalf of a run.
local function asker(run)
  return function(op, args)
    args = args or {}
    args.run, args.op = run, op
    local ok, value = host.command("genx.ctx", args)
    if not ok then raise(value) end
    return value
  end
end
parts.asker = asker

local function read_only(values)
  return setmetatable({}, {
    __index = values,
    __newindex = function(_, key) error("ctx: '" .. tostring(key) .. "' is read-only", 2) end,
    __pairs = function(self) return function(_, key) return next(values, key) end, self, nil end,
  })
end

-- Properties of the owning agent. Written through; read from a copy of this run.
local function state_of(request, ask)
  local values = json.data(request.state or {})
  local methods = {}
  function methods:keys()
    local keys = {}
    for key in next, values do keys[#keys + 1] = key end
    sort(keys)
    return keys
  end
  function methods:clear()
    for key in next, values do values[key] = nil end
    ask("state.clear")
  end
  function methods:all() return json.data(values) end
  return setmetatable({}, {
    __index = function(_, key)
      local value = values[key]
      if value == nil then return methods[key] end
      return value
    end,
    __newindex = function(_, key, value)
      value = json.data(value)
      values[key] = value
      ask("state.set", { key = key, value = value })
    end,
    __pairs = function(self) return function(_, key) return next(values, key) end, self, nil end,
  })
end

local option_names = { query = true, headers = true, body = true, json = true, timeout = true }

local function percent(text)
  return (text:gsub("[^%w%-%._~]", function(c) return ("%%%02X"):format(c:byte()) end))
end

local function with_query(url, query)
  if type(query) ~= "table" then return url end
  local pairs_of = {}
  for name, value in next, query do pairs_of[#pairs_of + 1] = percent(tostring(name)) .. "=" .. percent(tostring(value)) end
  if #pairs_of == 0 then return url end
  sort(pairs_of)
  return url .. (url:find("?", 1, true) and "&" or "?") .. concat(pairs_of, "&")
end

local function request_of(ask, method, url, options)
  local headers = {}
  if type(options.headers) == "table" then for name, value in next, options.headers do headers[name] = value end end
  local body = options.body
  local payload = options.json
  if type(body) == "table" then body, payload = nil, body end
  if payload ~= nil then
    local text, message = json.encode(payload)
    if not text then raise({ message = message, kind = "Invalid" }) end
    body = text
    headers["Content-Type"] = headers["Content-Type"] or "application/json"
  end
  local answer = http.send({ url = type(url) == "string" and with_query(url, options.query) or url, method = method, headers = headers, body = body, timeout = options.timeout })
  if answer.err then
    local denied = answer.err:find("^not allowed: ") ~= nil
    local late = answer.err == "context deadline exceeded"
    raise({
      message = answer.err,
      kind = answer.status == nil and "Invalid" or denied and "PermissionDenied" or late and "Timeout" or "Unavailable",
      retryable = answer.status ~= nil and not denied,
    })
  end
  local value = answer.body ~= "" and json.decode(answer.body) or nil
  return { status = answer.status, headers = answer.headers, body = answer.body, json = value, data = value }
end

-- A table is options when it has one of their names, else the query or the body.
local function given(value, otherwise)
  if value == nil then return {} end
  if type(value) ~= "table" then return { body = tostring(value) } end
  for name in next, value do
    if option_names[name] then return value end
  end
  return { [otherwise] = value }
end

local function http_of(ask)
  return {
    get = function(url, options) return request_of(ask, "GET", url, given(options, "query")) end,
    post = function(url, body) return request_of(ask, "POST", url, given(body, "json")) end,
    request = function(method, url, options) return request_of(ask, method, url, given(options, "json")) end,
  }
end

-- ── child agents ─────────────────────────────────────────────────────────────────────────────────────────────────

local agent = {}
agent.__index = agent

local handles = setmetatable({}, { __mode = "k" })

local function ask_agent(self, op, args)
  local handle = handles[self]
  if not handle then error("agent not found", 3) end
  args = args or {}
  args.agent = handle.id
  return handle.ask(op, args), handle
end

function agent:input(text)
  ask_agent(self, "agent.input", { text = type(text) == "table" and (text.text or json.encode(text)) or tostring(text) })
end
agent.send = agent.input

function agent:iter()
  return function()
    while true do
      local event = ask_agent(self, "agent.next")
      if event.type == "chunk" then return chunks.received(event.chunk) end
      if event.type == "eof" or event.type == "closed" or event.type == "interrupted" then return nil end
    end
  end
end

function agent:collect()
  local words = {}
  for chunk in self:iter() do words[#words + 1] = chunk.text or "" end
  local text = concat(words)
  if not handles[self].json then return text end
  local value, message = json.decode(text:match("^%s*```%a*%s*\n(.-)\n%s*```") or text)
  if message then raise({ message = "the agent's answer is not JSON: " .. message, kind = "Invalid" }) end
  return value
end

function agent:needs_input() return (ask_agent(self, "agent.needs_input")) end
function agent:close() ask_agent(self, "agent.close") end

local function create_agent(ask, name, config)
  local data = config ~= nil and json.data(config) or nil
  local id = ask("agent.create", { name = tostring(name), config = data })
  local object = setmetatable({}, agent)
  handles[object] = { id = id, ask = ask, json = data ~= nil and (data.schema ~= nil or data.json == true) }
  return object
end

-- ── history, memory, realtime ────────────────────────────────────────────────────────────────────────────────────

local function history_of(ask)
  return {
    recent = function(_, count) return ask("history.recent", { count = count }) end,
    append = function(_, message) ask("history.append", { message = json.data(message) }) end,
    revert = function() ask("history.revert") end,
  }
end

local function memory_of(ask)
  return {
    summary = function() return ask("memory.summary") end,
    set_summary = function(_, text) ask("memory.set_summary", { summary = tostring(text) }) end,
    query = function(_, text) return ask("memory.query", { query = tostring(text) }) end,
  }
end

local session = {}
session.__index = session

local function session_stream(self)
  local stream = handles[self]
  if not stream then error("session not found", 3) end
  return stream
end
local function sent(self, chunk)
  local message = session_stream(self):send(chunk)
  if message then raise({ message = message, kind = "Unavailable", retryable = true }) end
end
function session:send_text(text) sent(self, { text = text }) end
function session:send_audio(bytes, mime_type) sent(self, { audio = bytes, mime_type = mime_type }) end
function session:cancel() sent(self, { part = { cancel = true } }) end
function session:close() session_stream(self):close() end

local function next_event(self)
  local chunk, message = session_stream(self):recv()
  if chunk then return chunk.part and chunk.part.value or chunk end
  if message and message ~= parts.options.eof_text then raise({ message = message, kind = "Unavailable", retryable = true }) end
  return nil
end
function session:events()
  return function() return next_event(self) end
end
function session:wait_for(kind)
  for event in self:events() do
    if event.type == kind then return event end
  end
  return nil
end
function session:collect_response()
  local words, audio = {}, {}
  for event in self:events() do
    if event.type == "text" then words[#words + 1] = event.text
    elseif event.type == "audio" then audio[#audio + 1] = event.audio
    elseif event.type == "error" then raise({ message = event.message, kind = "Unavailable" })
    elseif event.type == "done" then break end
  end
  return { text = concat(words), audio = concat(audio) }
end

local function connect(run, model, options)
  local stream, message = streams.realtime(model, options, run)
  if not stream then raise({ message = message, kind = "Unavailable", retryable = true }) end
  local object = setmetatable({}, session)
  handles[object] = stream
  return object
end

-- ── ctx ──────────────────────────────────────────────────────────────────────────────────────────────────────────

local levels = { "debug", "info", "warn", "error" }

local function create(request, output)
  local ask = asker(request.run)
  local state = state_of(request, ask)
  local ctx = { http = http_of(ask), state = state, log = {} }
  for i = 1, #levels do
    ctx.log[levels[i]] = function(...) host.log(levels[i], parts.line(...)) end
  end
  function ctx.generate(model, prompt, options)
    return ask("text", { model = model, prompt = prompt, options = json.data(options) })
  end
  function ctx.generate_json(model, prompt, schema, options)
    return ask("json", { model = model, prompt = prompt, schema = json.data(schema), options = json.data(options) })
  end
  function ctx.generate_stream(model, prompt)
    local stream, message = streams.generate(model, { messages = { { role = "user", content = prompt } } }, request.run)
    if not stream then raise({ message = message, kind = "Unavailable" }) end
    return function()
      local chunk, failure = stream:recv()
      if chunk then return chunk.text end
      if failure and failure ~= parts.options.eof_text then raise({ message = failure, kind = "Unavailable", retryable = true }) end
      return nil
    end
  end
  function ctx.create_agent(name, config) return create_agent(ask, name, config) end
  function ctx.emit(chunk)
    local ready = chunks.sent(chunk, json.data)
    if not ready then raise({ message = "emit: expected table", kind = "Invalid" }) end
    ask("emit", { chunk = ready })
  end
  function ctx.invoke(name, args) return ask("invoke", { tool = name, args = json.data(args) }) end
  function ctx.recv()
    local chunk = ask("receive")
    return chunk and chunks.received(chunk)
  end
  function ctx.output(value) output.called, output.value = true, value end
  function ctx.input() return request.kind == "tool" and request.args or ctx.recv() end
  ctx.agent = read_only({
    name = request.agent.name, model = request.agent.model, state_id = request.agent.state_id, state = state,
    history = history_of(ask), memory = memory_of(ask),
  })
  ctx.runtime = read_only(request.runtime)
  ctx.realtime = { connect = function(model, options) return connect(request.run, model, options) end }
  return ctx
end

return create
