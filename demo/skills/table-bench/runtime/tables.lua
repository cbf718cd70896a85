-- Reading and writing tables; shared by the entries of this skill.
local tables = {}

local function guess_separator(text)
  local first = text:match("^[^\r\n]*") or ""
  local best, most = ",", 0
  for _, candidate in ipairs({ ",", ";", "\t", "|" }) do
    local _, n = first:gsub(candidate == "|" and "%|" or candidate, "")
    if n > most then best, most = candidate, n end
  end
  return best
end

-- RFC 4180: quotes double inside quoted cells, which may contain separators and line breaks.
function tables.read_csv(text, separator)
  if not separator or separator == "" then separator = guess_separator(text) end
  text = text:gsub("\r\n?", "\n")
  local rows, row, cell, i, quoted = {}, {}, {}, 1, false
  local function end_cell()
    row[#row + 1] = table.concat(cell)
    cell = {}
  end
  local function end_row()
    end_cell()
    if #row > 1 or row[1] ~= "" then rows[#rows + 1] = row end
    row = {}
  end
  while i <= #text do
    local c = text:sub(i, i)
    if quoted then
      if c == '"' and text:sub(i + 1, i + 1) == '"' then
        cell[#cell + 1] = '"'
        i = i + 1
      elseif c == '"' then
        quoted = false
      else
        cell[#cell + 1] = c
      end
    elseif c == '"' and #cell == 0 then
      quoted = true
    elseif c == separator then
      end_cell()
    elseif c == "\n" then
      end_row()
    else
      cell[#cell + 1] = c
    end
    i = i + 1
  end
  if quoted then error("a quoted cell is not closed", 0) end
  if #cell > 0 or #row > 0 then end_row() end
  if #rows == 0 then error("the text holds no rows", 0) end
  local header = table.remove(rows, 1)
  return { header = header, rows = rows }
end

function tables.read_markdown(text)
  local lines = {}
  for line in (text .. "\n"):gmatch("(.-)\r?\n") do
    if line:find("|", 1, true) then
      local cells, inner = {}, line:gsub("^%s*|", ""):gsub("|%s*$", "")
      for cell in (inner .. "|"):gmatch("(.-)|") do cells[#cells + 1] = (cell:gsub("^%s+", ""):gsub("%s+$", "")) end
      lines[#lines + 1] = cells
    end
  end
  if #lines < 2 or not (lines[2][1] or ""):match("^:?%-+:?$") then
    error("this is not a Markdown table: the second line must be | --- | --- |", 0)
  end
  local header = table.remove(lines, 1)
  table.remove(lines, 1)
  return { header = header, rows = lines }
end

-- Characters, not bytes: everything but UTF-8 continuation bytes.
local function width(text)
  local _, n = text:gsub("[^\128-\191]", "")
  return n
end

function tables.to_markdown(t)
  local widths, numeric = {}, {}
  for c, name in ipairs(t.header) do
    widths[c], numeric[c] = math.max(3, width(name)), #t.rows > 0
    for _, row in ipairs(t.rows) do
      local cell = row[c] or ""
      widths[c] = math.max(widths[c], width(cell))
      if cell ~= "" and not tonumber(cell) then numeric[c] = false end
    end
  end
  local function line(cells)
    local out = {}
    for c = 1, #t.header do
      local cell = (cells[c] or ""):gsub("|", "\\|"):gsub("\n", "<br>")
      local pad = (" "):rep(widths[c] - width(cells[c] or ""))
      out[c] = numeric[c] and pad .. cell or cell .. pad
    end
    return "| " .. table.concat(out, " | ") .. " |"
  end
  local rule = {}
  for c = 1, #t.header do rule[c] = ("-"):rep(widths[c] - 1) .. (numeric[c] and ":" or "-") end
  local lines = { line(t.header), "| " .. table.concat(rule, " | ") .. " |" }
  for _, row in ipairs(t.rows) do lines[#lines + 1] = line(row) end
  return table.concat(lines, "\n")
end

function tables.to_csv(t)
  local function line(cells)
    local out = {}
    for c = 1, #t.header do
      local cell = cells[c] or ""
      out[c] = cell:find('[",\n]') and '"' .. cell:gsub('"', '""') .. '"' or cell
    end
    return table.concat(out, ",")
  end
  local lines = { line(t.header) }
  for _, row in ipairs(t.rows) do lines[#lines + 1] = line(row) end
  return table.concat(lines, "\n")
end

function tables.column(t, name)
  for c, title in ipairs(t.header) do
    if title:lower() == name:lower() then return c end
  end
  error(("there is no column %q; the columns are: %s"):format(name, table.concat(t.header, ", ")), 0)
end

return tables
