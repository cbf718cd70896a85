return function(args)
  local store = dofile(vulcan.path.join(vulcan.context.entry_dir, "store.lua"))
  local topic = (args.topic or ""):gsub("^%s+", ""):gsub("%s+$", "")
  local kept = {}
  for line in assert(args.text, "what should be remembered?"):gmatch("[^\r\n]+") do
    local text = line:gsub("^%s+", ""):gsub("%s+$", "")
    if text ~= "" then kept[#kept + 1] = store.get(store.add(text, topic)) end
  end
  if #kept == 0 then error("text must contain at least one line", 0) end
  vulcan.runtime.log("info", ("remembered %d"):format(#kept))
  local head = #kept == 1 and "Remembered one memory." or ("Remembered %d memories."):format(#kept)
  return head .. "\n\n" .. store.table_of(kept, "Kept", function(memory) return memory.created end)
end
