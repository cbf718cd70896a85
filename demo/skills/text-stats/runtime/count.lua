return function(args)
  local words = dofile(vulcan.path.join(vulcan.context.entry_dir, "words.lua"))
  local text = assert(args.text, "text is missing")
  local list = words.split(text)
  local _, breaks = text:gsub("\n", "")
  local _, characters = text:gsub("[^\128-\191]", "")
  local seconds = math.ceil(#list / 220 * 60)
  local rows = {
    { "Characters", characters },
    { "Bytes", #text },
    { "Words", #list },
    { "Sentences", words.sentences(text) },
    { "Lines", text == "" and 0 or breaks + 1 },
    { "Reading time", seconds < 60 and seconds .. " s" or ("%d min %02d s"):format(math.floor(seconds / 60), seconds % 60) },
  }
  local lines = { "| Measure | Value |", "| --- | ---: |" }
  for _, row in ipairs(rows) do lines[#lines + 1] = ("| %s | %s |"):format(row[1], tostring(row[2])) end
  return table.concat(lines, "\n")
end
