local here = vulcan.path
return function(args)
  local store = dofile(here.join(vulcan.context.entry_dir, "store.lua"))
  local title = assert(args.title, "a note needs a title")
  local text = assert(args.text, "a note needs a text")
  local note = store.add(title, text, store.tags_of(text, args.tags))
  vulcan.runtime.log("info", "wrote note " .. note.id)
  return ("Saved as **%s**.\n\n%s"):format(note.id, store.line(note))
end
