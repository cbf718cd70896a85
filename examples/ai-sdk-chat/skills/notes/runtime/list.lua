return function()
  local lines = {}
  for i = 1, tonumber(vulcan.config.get("count") or "0") do
    lines[i] = i .. ". " .. (vulcan.config.get("note " .. i) or "")
  end
  return #lines > 0 and table.concat(lines, "\n") or "there are no notes"
end
