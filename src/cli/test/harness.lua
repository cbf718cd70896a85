-- The entry that runs tests, put in front of a skill's own ones: its chunk runs first, so that what the skill keeps of the
-- host's functions while it loads are already the ones that fakes can answer.
--
-- A call either lists the tests of a file or runs one of them. The file is read anew each time: no test sees what another
-- has left in its variables.
local host_call, host_has, host_list = vulcan.host.call, vulcan.host.has, vulcan.host.list
local model_llm, model_embed, model_has = vulcan.models.llm, vulcan.models.embed, vulcan.models.has
local encode = vulcan.json.encode
local traceback, load, pcall, xpcall, error, type, tostring, pairs, ipairs, next, select, rawequal, setmetatable =
  debug.traceback, load, pcall, xpcall, error, type, tostring, pairs, ipairs, next, select, rawequal, setmetatable
local find, format, rep, concat, sort, unpack = string.find, string.format, string.rep, table.concat, table.sort, table.unpack or unpack
local clock_tool = "luaskills-test.clock"
local host_entries = {}

-- ── fakes ────────────────────────────────────────────────────────────────────────────────────────────────────────

local tools, models, calls = {}, {}, {}

local function answer_of(fake, ...)
  if type(fake) == "function" then return fake(...) end
  return fake
end

local function recorded(name, args)
  local list = calls[name] or {}
  calls[name] = list
  list[#list + 1] = args
end

vulcan.host.call = function(name, args)
  local fake = tools[name]
  if fake == nil then return host_call(name, args) end
  recorded(name, args)
  local ok, answer = pcall(answer_of, fake[1], args)
  if not ok then return { ok = false, error = { code = "host_tool_callback_error", message = tostring(answer) } } end
  if type(answer) == "table" then return answer end
  return { ok = true, value = answer }
end
vulcan.host.has = function(name)
  if tools[name] ~= nil then return true end
  return name ~= clock_tool and host_has(name)
end
vulcan.host.has_tool = vulcan.host.has
vulcan.host.list = function()
  local names = {}
  for name in pairs(tools) do names[#names + 1] = name end
  for _, name in ipairs(host_list()) do
    if name ~= clock_tool and tools[name] == nil then names[#names + 1] = name end
  end
  sort(names)
  return names
end

local function model(kind, real)
  return function(...)
    local fake = models[kind]
    if fake == nil then return real(...) end
    recorded(kind, kind == "llm" and { system = (...), user = (select(2, ...)) } or { text = (...) })
    local answer = answer_of(fake[1], ...)
    if type(answer) ~= "table" then
      error("fake." .. kind .. " has to answer a table, as vulcan.models." .. kind .. " does; it answered a " .. type(answer), 2)
    end
    if answer.ok == nil then answer.ok = true end
    return answer
  end
end
vulcan.models.llm = model("llm", model_llm)
vulcan.models.embed = model("embed", model_embed)
vulcan.models.has = function(kind)
  if models[kind] ~= nil then return true end
  return model_has(kind)
end

local function clock(request)
  local answer = host_call(clock_tool, request)
  if answer.ok == false then error(answer.error.message, 3) end
  return answer.value
end

local fake = {
  tool = function(name, answer) tools[name] = { answer } end,
  llm = function(answer) models.llm = { answer } end,
  embed = function(answer) models.embed = { answer } end,
  calls = function(name) return calls[name] or {} end,
  clock = function(time) return clock({ time = time }) end,
  advance = function(seconds) return clock({ advance = seconds }) end,
}

-- ── expectations ─────────────────────────────────────────────────────────────────────────────────────────────────

local function equal(a, b, seen)
  if rawequal(a, b) then return true end
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  if seen[a] == b then return true end
  seen[a] = b
  for key, value in pairs(a) do
    if not equal(value, b[key], seen) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

local function shown(value, depth)
  if type(value) == "string" then return format("%q", value) end
  if type(value) ~= "table" then return tostring(value) end
  if depth > 4 then return "{…}" end
  local parts, count = {}, #value
  for i = 1, count do parts[#parts + 1] = shown(value[i], depth + 1) end
  local names = {}
  for key in pairs(value) do
    if not (type(key) == "number" and key >= 1 and key <= count and key % 1 == 0) then names[#names + 1] = key end
  end
  sort(names, function(a, b) return tostring(a) < tostring(b) end)
  for _, key in ipairs(names) do
    local name = type(key) == "string" and find(key, "^[%a_][%w_]*$") and key or "[" .. shown(key, depth + 1) .. "]"
    parts[#parts + 1] = name .. " = " .. shown(value[key], depth + 1)
  end
  return #parts == 0 and "{}" or "{ " .. concat(parts, ", ") .. " }"
end

local function contains(value, part)
  if type(value) == "string" then return find(value, tostring(part), 1, true) ~= nil end
  if type(value) ~= "table" then return false end
  for _, each in pairs(value) do
    if equal(each, part, {}) then return true end
  end
  return false
end

-- name → whether it holds, and how a failure reads.
local checks = {
  to_be = function(value, wanted) return rawequal(value, wanted), "to be " .. shown(wanted, 0) end,
  to_equal = function(value, wanted) return equal(value, wanted, {}), "to equal " .. shown(wanted, 0) end,
  to_be_nil = function(value) return value == nil, "to be nil" end,
  to_be_truthy = function(value) return not not value, "to be neither false nor nil" end,
  to_be_a = function(value, wanted) return type(value) == wanted, "to be a " .. tostring(wanted) end,
  to_be_near = function(value, wanted, by)
    by = by or 1e-9
    local near = type(value) == "number" and value >= wanted - by and value <= wanted + by
    return near, "to be within " .. tostring(by) .. " of " .. tostring(wanted)
  end,
  to_contain = function(value, part) return contains(value, part), "to contain " .. shown(part, 0) end,
  to_match = function(value, pattern)
    return type(value) == "string" and find(value, pattern) ~= nil, "to match " .. shown(pattern, 0)
  end,
}

local function to_fail(value, wanted, negated)
  if type(value) ~= "function" then error("expect(…).to_fail needs a function, got a " .. type(value), 3) end
  local ok, message = pcall(value)
  local text = type(message) == "table" and (message.message or shown(message, 0)) or tostring(message)
  local holds = not ok and (wanted == nil or find(text, wanted, 1, true) ~= nil)
  if holds == not negated then return end
  local about = wanted == nil and "" or " with " .. shown(wanted, 0)
  if ok then error("expected the function to fail" .. about .. ", and it did not", 3) end
  error("expected the function " .. (negated and "not " or "") .. "to fail" .. about .. ", it failed with " .. shown(text, 0), 3)
end

local function expectation(value, negated)
  local made = {}
  for name, check in pairs(checks) do
    made[name] = function(...)
      local holds, about = check(value, ...)
      if holds ~= negated then return end
      error("expected " .. shown(value, 0) .. (negated and " not " or " ") .. about, 2)
    end
  end
  made.to_fail = function(wanted) to_fail(value, wanted, negated) end
  return made
end

local function expect(value)
  local made = expectation(value, false)
  made.never = expectation(value, true)
  return made
end

-- ── tests ────────────────────────────────────────────────────────────────────────────────────────────────────────

local function collect(file, source)
  local tests, path, before, after = {}, {}, {}, {}
  local scope = setmetatable({}, { __index = _G, __newindex = _G })
  scope.describe = function(name, body)
    if type(name) ~= "string" or type(body) ~= "function" then error("describe(name, function) has other arguments", 2) end
    path[#path + 1] = name
    local befores, afters = #before, #after
    body()
    path[#path] = nil
    for i = #before, befores + 1, -1 do before[i] = nil end
    for i = #after, afters + 1, -1 do after[i] = nil end
  end
  scope.it = function(name, body)
    if type(name) ~= "string" or type(body) ~= "function" then error("it(name, function) has other arguments", 2) end
    local full = { unpack(path) }
    full[#full + 1] = name
    tests[#tests + 1] = { name = full, body = body, before = { unpack(before) }, after = { unpack(after) } }
  end
  scope.before_each = function(body) before[#before + 1] = body end
  scope.after_each = function(body) after[#after + 1] = body end
  scope.expect, scope.fake = expect, fake
  scope.call = function(name, args)
    local own = vulcan.runtime.internal.skill_name .. "-" .. tostring(name)
    return vulcan.call(host_entries[own] and own or tostring(name), args or {})
  end
  local chunk, message = load(source, "=" .. file, "t", scope)
  if not chunk then error(message, 0) end
  chunk()
  return tests
end

local function run(test)
  local failure
  local function attempt(body)
    local ok, message = xpcall(body, function(thrown)
      local text = type(thrown) == "table" and (thrown.message or shown(thrown, 0)) or tostring(thrown)
      return { message = text, traceback = traceback(text, 2) }
    end)
    if not ok then failure = failure or message end
    return ok
  end
  local ready = true
  for _, body in ipairs(test.before) do ready = ready and attempt(body) end
  if ready then attempt(test.body) end
  for i = #test.after, 1, -1 do attempt(test.after[i]) end
  return failure
end

return function(args)
  host_entries = args.entries
  package.path = vulcan.context.skill_dir .. "/runtime/?.lua;" .. vulcan.context.skill_dir .. "/tests/?.lua;" .. package.path
  local ok, tests = xpcall(collect, function(thrown) return { message = tostring(thrown), traceback = traceback(tostring(thrown), 2) } end, args.file, args.source)
  if not ok then return encode({ failure = tests }) end
  if args.index == nil then
    local names = {}
    for i, test in ipairs(tests) do names[i] = test.name end
    return encode({ tests = names })
  end
  return encode({ failure = run(tests[args.index]) })
end
