return function(args)
  local tables = dofile(vulcan.path.join(vulcan.context.entry_dir, "tables.lua"))
  return tables.to_markdown(tables.read_csv(assert(args.csv, "csv is missing"), args.separator)), vulcan.runtime.overflow_type.page
end
