return function(args)
  local store = dofile(vulcan.path.join(vulcan.context.entry_dir, "store.lua"))
  local note = store.get(assert(args.id, "which note? give its id"))
  if not note then error("there is no note called " .. args.id, 0) end
  return ("# %s\n\n%s\n\n_%s_"):format(note.title, note.text, os.date("!%Y-%m-%d %H:%M UTC", note.created))
end
