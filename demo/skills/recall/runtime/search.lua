-- Places in the two lists count, not their scores, which have nothing in common (reciprocal rank fusion).
local damping = 60

return function(args)
  local store = dofile(vulcan.path.join(vulcan.context.entry_dir, "store.lua"))
  local query, topic, limit = args.query or "", args.topic or "", args.limit or 5
  if not query:find("%S") then error("query must contain at least one word", 0) end
  local found, order = {}, {}
  local function count(id, place, what, memory)
    if not found[id] then
      found[id] = { memory = memory or store.get(id), score = 0, why = {} }
      order[#order + 1] = id
    end
    local hit = found[id]
    hit.score = hit.score + 1 / (damping + place)
    hit.why[#hit.why + 1] = what
  end
  for place, id in ipairs(store.by_words(query, topic, 50)) do count(id, place, "words") end
  for place, memory in ipairs(store.by_likeness(query, topic, 50)) do
    if memory.likeness > 0.1 then count(memory.id, place, ("%.0f%% alike"):format(memory.likeness * 100), memory) end
  end
  if #order == 0 then return ("Nothing is remembered about %q."):format(query) end
  table.sort(order, function(a, b)
    if found[a].score == found[b].score then return a < b end
    return found[a].score > found[b].score
  end)
  local best = {}
  for i = 1, math.min(limit, #order) do best[i] = found[order[i]].memory end
  return store.table_of(best, "Found by", function(memory) return table.concat(found[memory.id].why, ", ") end)
end
