return function(args)
  local store = dofile(vulcan.path.join(vulcan.context.entry_dir, "store.lua"))
  local wanted = args.tag and args.tag:lower():gsub("^#", "")
  local lines, counts = {}, {}
  for _, note in ipairs(store.all()) do
    local hit = wanted == nil or wanted == ""
    for _, tag in ipairs(note.tags) do
      counts[tag] = (counts[tag] or 0) + 1
      hit = hit or tag == wanted
    end
    if hit and #lines < (args.limit or 20) then lines[#lines + 1] = store.line(note) end
  end
  if #lines == 0 then
    return wanted and wanted ~= "" and ("No notes are tagged #%s yet."):format(wanted) or "The notebook is empty. Add a note first."
  end
  local tags = {}
  for tag, n in pairs(counts) do tags[#tags + 1] = ("#%s (%d)"):format(tag, n) end
  table.sort(tags)
  local footer = #tags > 0 and "\n\nTags: " .. table.concat(tags, ", ") or ""
  return table.concat(lines, "\n") .. footer
end
