return function(args)
  local store = dofile(vulcan.path.join(vulcan.context.entry_dir, "store.lua"))
  local memories = store.all(args.topic or "", args.limit or 20)
  if #memories == 0 then return "Nothing is remembered yet. Give `remember` some lines." end
  return store.table_of(memories, "Kept", function(memory) return memory.created end)
end
