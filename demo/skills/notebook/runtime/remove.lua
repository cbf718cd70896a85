return function(args)
  local store = dofile(vulcan.path.join(vulcan.context.entry_dir, "store.lua"))
  local id = assert(args.id, "which note? give its id")
  return store.remove(id) and ("Removed %s."):format(id) or ("There is no note called %s."):format(id)
end
