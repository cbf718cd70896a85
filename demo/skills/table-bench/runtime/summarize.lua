local function number_text(n)
  return n == math.floor(n) and ("%d"):format(n) or ("%.2f"):format(n)
end

return function(args)
  local tables = dofile(vulcan.path.join(vulcan.context.entry_dir, "tables.lua"))
  local t = tables.read_csv(assert(args.csv, "csv is missing"), args.separator)
  local out = { header = { "column", "type", "filled", "empty", "distinct", "min", "mean", "max" }, rows = {} }
  for c, name in ipairs(t.header) do
    local filled, empty, distinct, seen, numbers, sum, min, max = 0, 0, 0, {}, 0, 0, nil, nil
    for _, row in ipairs(t.rows) do
      local cell = row[c] or ""
      if cell == "" then
        empty = empty + 1
      else
        filled = filled + 1
        if not seen[cell] then
          seen[cell] = true
          distinct = distinct + 1
        end
        local n = tonumber(cell)
        if n then
          numbers, sum = numbers + 1, sum + n
          min, max = math.min(min or n, n), math.max(max or n, n)
        end
      end
    end
    local numeric = filled > 0 and numbers == filled
    out.rows[c] = {
      name, numeric and "number" or "text", ("%d"):format(filled), ("%d"):format(empty), ("%d"):format(distinct),
      numeric and number_text(min) or "", numeric and number_text(sum / numbers) or "", numeric and number_text(max) or "",
    }
  end
  return ("%d rows, %d columns\n\n%s"):format(#t.rows, #t.header, tables.to_markdown(out))
end
