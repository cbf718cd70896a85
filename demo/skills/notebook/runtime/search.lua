return function(args)
  local store = dofile(vulcan.path.join(vulcan.context.entry_dir, "store.lua"))
  local words = {}
  for word in (args.query or ""):lower():gmatch("%S+") do words[#words + 1] = word end
  if #words == 0 then error("query must contain at least one word", 0) end
  local lines = {}
  for _, note in ipairs(store.all()) do
    local text = (note.title .. "\n" .. note.text):lower()
    local hit = true
    for _, word in ipairs(words) do hit = hit and text:find(word, 1, true) ~= nil end
    if hit then lines[#lines + 1] = store.line(note) end
  end
  return #lines > 0 and table.concat(lines, "\n") or ("Nothing found for %q."):format(args.query)
end
