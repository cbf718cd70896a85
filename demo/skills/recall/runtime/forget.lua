return function(args)
  local store = dofile(vulcan.path.join(vulcan.context.entry_dir, "store.lua"))
  local id = assert(args.id, "which memory? give its number")
  return store.remove(id) and ("Forgot memory %d."):format(id) or ("There is no memory %d."):format(id)
end
