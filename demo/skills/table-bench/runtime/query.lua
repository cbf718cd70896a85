local compare = {
  ["="] = function(a, b) return a == b end,
  ["!="] = function(a, b) return a ~= b end,
  [">"] = function(a, b) return a > b end,
  [">="] = function(a, b) return a >= b end,
  ["<"] = function(a, b) return a < b end,
  ["<="] = function(a, b) return a <= b end,
}

-- Numbers compare as numbers when both sides are numbers, otherwise as text.
local function both(a, b)
  local x, y = tonumber(a), tonumber(b)
  if x and y then return x, y end
  return a, b
end

return function(args)
  local tables = dofile(vulcan.path.join(vulcan.context.entry_dir, "tables.lua"))
  local t = tables.read_csv((assert(args.csv, "csv is missing")))
  if args.where and args.where ~= "" then
    local name, operator, value = args.where:match("^%s*(.-)%s*([<>!=]=?)%s*(.-)%s*$")
    local test = compare[operator == "==" and "=" or operator]
    if not test then error("where must look like: column > value", 0) end
    local c, kept = tables.column(t, name), {}
    for _, row in ipairs(t.rows) do
      if test(both(row[c] or "", value)) then kept[#kept + 1] = row end
    end
    t.rows = kept
  end
  if args.sort and args.sort ~= "" then
    local down, name = args.sort:match("^(%-?)(.+)$")
    local c = tables.column(t, name)
    local order = {}
    for i, row in ipairs(t.rows) do order[row] = i end
    table.sort(t.rows, function(a, b)
      local x, y = both(a[c] or "", b[c] or "")
      if x == y then return order[a] < order[b] end
      if down == "-" then return x > y end
      return x < y
    end)
  end
  local total = #t.rows
  for i = total, (args.limit or 50) + 1, -1 do t.rows[i] = nil end
  return ("%s\n\n%d of %d rows"):format(tables.to_markdown(t), #t.rows, total), vulcan.runtime.overflow_type.page
end
