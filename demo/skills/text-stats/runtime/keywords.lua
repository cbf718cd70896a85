return function(args)
  local words = dofile(vulcan.path.join(vulcan.context.entry_dir, "words.lua"))
  local order, counts = words.ranking(assert(args.text, "text is missing"), args.language or "en")
  if #order == 0 then return "No words left after the filler words were taken out." end
  local top, lines = counts[order[1]], {}
  for i = 1, math.min(#order, args.limit or 10) do
    local n = counts[order[i]]
    lines[i] = ("%-20s %4d  %s"):format(order[i], n, ("█"):rep(math.max(1, math.floor(n / top * 24))))
  end
  return "```text\n" .. table.concat(lines, "\n") .. "\n```"
end
