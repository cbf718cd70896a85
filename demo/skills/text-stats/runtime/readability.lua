local grades = {
  { 90, "very easy: a ten-year-old can follow it" },
  { 70, "easy: fine for everyone" },
  { 50, "fairly difficult: newspaper level" },
  { 30, "difficult: university level" },
  { -math.huge, "very difficult: for specialists" },
}

return function(args)
  local words = dofile(vulcan.path.join(vulcan.context.entry_dir, "words.lua"))
  local text = assert(args.text, "text is missing")
  local list, sentences, syllables = words.split(text), words.sentences(text), 0
  if #list == 0 then error("there are no words in this text", 0) end
  for _, word in ipairs(list) do syllables = syllables + words.syllables(word) end
  local score = 206.835 - 1.015 * (#list / sentences) - 84.6 * (syllables / #list)
  for _, grade in ipairs(grades) do
    if score >= grade[1] then
      return ("Flesch reading ease: **%.1f** — %s.\n\n%d words in %d sentences, %.2f syllables a word."):format(
        score, grade[2], #list, sentences, syllables / #list)
    end
  end
end
