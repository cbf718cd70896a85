-- Structured errors (host-modules.md §11): userdata whose facts only this file can see.
local host, primitives = ...
local setmetatable, newuserdata, debug = primitives.setmetatable, primitives.newuserdata, primitives.debug
local kit = primitives.exports.modules
local type, error, tostring, next, rawget, running = type, error, tostring, next, rawget, primitives.coroutine.running
local getinfo, traceback, concat, format = debug.getinfo, debug.traceback, table.concat, string.format
local trusted = primitives.is_open

-- error → { message, kind, retryable, details, contexts, frames, thread, text }
local facts = setmetatable({}, { __mode = "k" })
local metatable = { __name = "LuaError", __metatable = false }

local function copy(value, depth)
  if type(value) ~= "table" or depth > 100 then return value end
  local out = {}
  for key, member in next, kit.behind(value) do
    if type(member) ~= "function" and type(member) ~= "thread" then out[key] = copy(member, depth + 1) end
  end
  return out
end

local function details_of(given)
  if type(given) ~= "table" then return nil end
  local out = {}
  for key, member in next, kit.behind(given) do
    if type(key) == "string" and type(member) ~= "function" then out[key] = copy(member, 1) end
  end
  if next(out) == nil then return nil end
  return out
end

-- The frames of the caller's own code: what the host put in between says nothing to a reader.
local function stack()
  local frames, n, level = {}, 0, 2
  while n < 50 do
    local info = getinfo(level, "Slnf")
    if not info then break end
    if info.what ~= "C" and trusted(info.func) then
      frames[n + 1] = {
        level = n, source = info.short_src, line = info.currentline, name = info.name or "", type = info.what,
      }
      n = n + 1
    end
    level = level + 1
  end
  return frames
end

local function make(message, kind, retryable, details, frames)
  local err = newuserdata(metatable)
  local co, main = running()
  facts[err] = {
    message = message, kind = kind, retryable = retryable, details = details,
    frames = frames, thread = main and "main" or "coroutine",
  }
  return err
end

local function text(fact)
  local parts = fact.contexts
  if not parts then return fact.message end
  return concat(parts, ": ") .. ": " .. fact.message
end

local function rendered(value)
  local fact = facts[value]
  if fact then return text(fact) end
  local kind = type(value)
  if kind == "string" or kind == "number" then return tostring(value) end
  error("attempt to concatenate a " .. kind .. " value", 3)
end

metatable.__tostring = function(self) return text(facts[self]) end
metatable.__concat = function(a, b) return rendered(a) .. rendered(b) end

local methods = {}
metatable.__index = methods

local function fact_of(self, name)
  local fact = facts[self]
  if fact then return fact end
  error(format("calling '%s' on bad self (LuaError expected, got %s)", name, self == nil and "no value" or type(self)), 3)
end

function methods.kind(self) return fact_of(self, "kind").kind end
function methods.message(self) return fact_of(self, "message").message end
function methods.retryable(self) return fact_of(self, "retryable").retryable end
function methods.details(self)
  local details = fact_of(self, "details").details
  return details and copy(details, 0)
end
function methods.stack(self)
  local fact = fact_of(self, "stack")
  local lines = { text(fact) }
  for i = 1, #fact.frames do
    local frame = fact.frames[i]
    lines[i + 1] = format("\t%s:%d: in %s", frame.source, frame.line, frame.name == "" and "?" or frame.name)
  end
  return concat(lines, "\n")
end

-- ── the global ───────────────────────────────────────────────────────────────────────────────────────────────────

local errors = {
  NOT_FOUND = "NotFound", ALREADY_EXISTS = "AlreadyExists", INVALID = "Invalid", PERMISSION_DENIED = "PermissionDenied",
  UNAVAILABLE = "Unavailable", INTERNAL = "Internal", CANCELED = "Canceled", CONFLICT = "Conflict", TIMEOUT = "Timeout",
  RATE_LIMITED = "RateLimited", UNKNOWN = "",
}

function errors.new(given, more)
  if type(given) == "string" then
    if more ~= nil then
      error("errors.new takes a message or a table: errors.new({ message = ..., kind = errors.NOT_FOUND })", 2)
    end
    return make(given, "", nil, nil, stack())
  end
  if type(given) ~= "table" then error("expected string or table", 2) end
  local message, kind, retryable = given.message, given.kind, given.retryable
  if message == nil then error("message field is required", 2) end
  if type(message) ~= "string" then error("message must be a string", 2) end
  if type(kind) ~= "string" then kind = "" end
  if type(retryable) ~= "boolean" then retryable = nil end
  return make(message, kind, retryable, details_of(given.details), stack())
end

function errors.wrap(err, context)
  local fact = facts[err]
  if not fact then
    if type(err) ~= "string" then error("expected string or error object", 2) end
    fact = { message = err, kind = "" }
  end
  local around = facts[context]
  if around then context = around.message end
  if type(context) ~= "string" then error("expected string or error object", 2) end
  local wrapped = make(fact.message, fact.kind, fact.retryable, fact.details, fact.frames or stack())
  local contexts = { context }
  for i = 1, #(fact.contexts or {}) do contexts[i + 1] = fact.contexts[i] end
  facts[wrapped].contexts = contexts
  return wrapped
end

function errors.is(value, kind)
  local fact = facts[value]
  return fact ~= nil and fact.kind == kind
end

function errors.call_stack(err)
  local fact = facts[err]
  if not fact then return nil end
  return { thread = fact.thread, frames = copy(fact.frames, 0) }
end

kit.errors = kit.immutable(errors, "errors")
_G.errors = kit.errors
primitives.exports.loaded.errors = kit.errors

function kit.is_error(value) return facts[value] ~= nil end
function kit.error_facts(value) return facts[value] end
function kit.error_text(fact) return text(fact) end
-- From the host, or from a Lua half.
function kit.new_error(message, kind, retryable, details)
  return make(message, kind or "", retryable, details_of(details), stack())
end
