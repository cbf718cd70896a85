return function(args)
  local store = dofile(vulcan.path.join(vulcan.context.entry_dir, "store.lua"))
  local memory = store.get(assert(args.id, "which memory? give its number"))
  if not memory then error(("there is no memory %d"):format(args.id), 0) end
  local others = {}
  for _, other in ipairs(store.by_likeness(memory.text, "", (args.limit or 5) + 1)) do
    if other.id ~= memory.id and #others < (args.limit or 5) then others[#others + 1] = other end
  end
  if #others == 0 then return "Nothing else is remembered yet." end
  local list = store.table_of(others, "Alike", function(other) return ("%.0f%%"):format(other.likeness * 100) end)
  return ("> %s\n\n%s"):format(memory.text, list)
end
