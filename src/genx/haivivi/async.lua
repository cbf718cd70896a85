-- Tasks (genx.md §4.6): coroutines that say what they wait for and leave the waiting to whoever polls them.
local async = {}

local function new(body)
  return { co = coroutine.create(body), state = "pending", result = nil, error = nil }
end
async.create = new

local function waits_for(value)
  return new(function() return coroutine.yield(value) end)
end

function async.http(request) return waits_for({ type = "http", request = request }) end
function async.sleep(seconds)
  return new(function()
    coroutine.yield({ type = "sleep", duration = seconds })
    return nil
  end)
end

function async.done(task) return task.state == "completed" or task.state == "failed" end
function async.pending(task) return not async.done(task) end

local function finish(task, ok, value, message)
  if not ok then
    task.state, task.error = "failed", tostring(value)
  elseif value == nil and message ~= nil then
    task.state, task.error = "failed", tostring(message)
  else
    task.state, task.result = "completed", value
  end
end

-- One step: what the task waits for next, or nil when it is over.
function async.poll(task, resume_value)
  if async.done(task) then return nil end
  task.state = "running"
  local ok, value, message = coroutine.resume(task.co, resume_value)
  if ok and coroutine.status(task.co) ~= "dead" then return value end
  finish(task, ok, value, message)
  return nil
end

function async.result(task)
  if task.state == "completed" then return task.result, nil end
  if task.state == "failed" then return nil, task.error end
  return nil, "task not completed"
end

-- Steps a task inside another one: what the inner waits for, the outer yields.
local function step(task, answer)
  local wanted = async.poll(task, answer)
  if wanted ~= nil then return coroutine.yield(wanted) end
end

local function settled(task)
  local value, message = async.result(task)
  if message then return { err = message } end
  return value
end

function async.all(tasks)
  return new(function()
    local answers, left = {}, #tasks
    while left > 0 do
      left = 0
      for i, task in ipairs(tasks) do
        if not async.done(task) then
          answers[i] = step(task, answers[i])
          if not async.done(task) then left = left + 1 end
        end
      end
    end
    local values = {}
    for i, task in ipairs(tasks) do values[i] = settled(task) end
    return values
  end)
end

function async.race(tasks)
  return new(function()
    local answers = {}
    while #tasks > 0 do
      for i, task in ipairs(tasks) do
        if async.done(task) then return async.result(task) end
        answers[i] = step(task, answers[i])
        if async.done(task) then return async.result(task) end
      end
    end
    return nil, "no tasks"
  end)
end

local answer_of = {
  http = function(wanted) return __builtin.http(wanted.request) end,
  sleep = function(wanted) __builtin.sleep((wanted.duration or 0) * 1000):await() end,
  kvs_get = function(wanted) return __builtin.kvs_get(wanted.key) end,
  kvs_set = function(wanted) __builtin.kvs_set(wanted.key, wanted.value) end,
  background_task = function(wanted) async.run_sync(wanted.task) end,
}

-- Runs a task to its end and waits for what it wants.
function async.run_sync(task)
  local wanted = async.poll(task)
  while wanted ~= nil do
    local answer = type(wanted) == "table" and answer_of[wanted.type]
    wanted = async.poll(task, answer and answer(wanted) or nil)
  end
  return async.result(task)
end

return async
