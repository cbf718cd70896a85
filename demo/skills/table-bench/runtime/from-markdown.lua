return function(args)
  local tables = dofile(vulcan.path.join(vulcan.context.entry_dir, "tables.lua"))
  return tables.to_csv(tables.read_markdown(assert(args.markdown, "markdown is missing")))
end
