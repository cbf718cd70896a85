-- Splitting text; shared by the entries and the Lua help page of this skill.
local words = {}

local filler = {
  en = "a an and are as at be but by for from had has have he her his i if in is it its me my not of on or our she so that the their them they this to was we were what when which who will with you your over",
  de = "aber als am an auch auf aus bei das dass dem den der des die doch du ein eine einem einen einer er es für hat ich im in ist ja mit nach nicht noch nur oder sich sie sind so um und uns von war was wie wir zu zum zur",
}

function words.split(text)
  local list = {}
  for word in text:gmatch("[%w\128-\255'’]+") do list[#list + 1] = word end
  return list
end

function words.sentences(text)
  local n = 0
  for _ in text:gmatch("[^%.!%?]+[%.!%?]+") do n = n + 1 end
  if text:match("[^%s%.!%?][^%.!%?]*$") then n = n + 1 end
  return n
end

function words.filler(language)
  local set = {}
  for word in (filler[language] or ""):gmatch("%S+") do set[word] = true end
  return set
end

function words.ranking(text, language)
  local skip, counts, order = words.filler(language), {}, {}
  for _, word in ipairs(words.split(text:lower())) do
    if not skip[word] and #word > 1 then
      if not counts[word] then order[#order + 1] = word end
      counts[word] = (counts[word] or 0) + 1
    end
  end
  table.sort(order, function(a, b)
    if counts[a] ~= counts[b] then return counts[a] > counts[b] end
    return a < b
  end)
  return order, counts
end

function words.syllables(word)
  local n = 0
  for _ in word:lower():gsub("e$", ""):gmatch("[aeiouy]+") do n = n + 1 end
  return math.max(1, n)
end

return words
