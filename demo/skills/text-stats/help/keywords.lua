-- A help page may be Lua: this one lists the filler words that the skill really uses.
return function()
  local words = dofile(vulcan.path.join(vulcan.context.skill_dir, "runtime", "words.lua"))
  local lines = { "# Keywords", "", "Filler words are left out before counting:" }
  for _, language in ipairs({ "en", "de" }) do
    local list = {}
    for word in pairs(words.filler(language)) do list[#list + 1] = word end
    table.sort(list)
    lines[#lines + 1] = ""
    lines[#lines + 1] = ("**%s** (%d): %s"):format(language, #list, table.concat(list, ", "))
  end
  return table.concat(lines, "\n")
end
