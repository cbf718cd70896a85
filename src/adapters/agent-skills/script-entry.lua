-- A handler gets the arguments; any other script gets `argv` as a command line does, and what it prints is the answer.
return function(args)
  local path = vulcan.context.skill_dir .. "/" .. script
  local argv = { [0] = script }
  for i, value in ipairs(args.argv or {}) do argv[i] = tostring(value) end
  local written = {}
  local function write(...)
    for i = 1, select("#", ...) do written[#written + 1] = tostring((select(i, ...))) end
  end
  local function say(...)
    for i = 1, select("#", ...) do
      if i > 1 then write("\t") end
      write((select(i, ...)))
    end
    write("\n")
  end
  local streams = setmetatable({ write = write }, { __index = io })
  local env = setmetatable({ arg = argv, print = say, io = streams }, { __index = _G })
  -- The first line of a command's file is for the system; its line break stays, so that lines keep their numbers.
  local source = vulcan.fs.read(path):gsub("^#[^\n]*", "")
  local chunk, problem = load(source, "@" .. path, "t", env)
  if not chunk then error(problem, 0) end
  local result = chunk(table.unpack(argv))
  if type(result) == "function" then return result(args) end
  if type(result) == "table" then write(vulcan.json.encode(result)) elseif result ~= nil then write(result) end
  return table.concat(written)
end
