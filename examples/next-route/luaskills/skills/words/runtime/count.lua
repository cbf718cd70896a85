return function(args)
  local _, count = args.text:gsub("%S+", "")
  return tostring(count)
end
