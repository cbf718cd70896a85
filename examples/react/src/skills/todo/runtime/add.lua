return function(args)
  local all = vulcan.config.get("todo") or ""
  all = all == "" and args.text or all .. ", " .. args.text
  vulcan.config.set("todo", all)
  return all
end
