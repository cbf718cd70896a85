local metres = { m = 1, km = 1000, mi = 1609.344, ft = 0.3048 }

return function(args)
  return string.format("%.6g %s", args.value * metres[args.from] / metres[args.to], args.to)
end
