return function(args)
  local count = tonumber(vulcan.config.get("count") or "0") + 1
  vulcan.config.set("count", tostring(count))
  vulcan.config.set("note " .. count, args.text)
  return "note " .. count .. " is kept"
end
