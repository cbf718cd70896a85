-- One Markdown file per note, with a small header, under <runtime>/data/notebook. Shared by the entries of this skill.
local path, fs, json = vulcan.path, vulcan.fs, vulcan.json
local store = {}

local function folder()
  local runtime_root = path.dirname(path.dirname(vulcan.context.skill_dir))
  local dir = path.join(runtime_root, "data", "notebook")
  fs.mkdir(dir, { recursive = true })
  return dir
end

local function file_of(id)
  assert(id:match("^[%w%-]+$"), "a note id has only letters, digits and hyphens: " .. id)
  return path.join(folder(), id .. ".md")
end

local function slug(title)
  local s = title:lower():gsub("[^%w]+", "-"):gsub("^%-+", ""):gsub("%-+$", "")
  return s ~= "" and s:sub(1, 48) or "note"
end

local function parse(id, raw)
  local header, text = raw:match("^<!%-%- (.-) %-%->\n(.*)$")
  if not header then return { id = id, title = id, text = raw, tags = {}, created = 0 } end
  local note = json.decode(header)
  note.id, note.text, note.tags = id, text, note.tags or {}
  return note
end

function store.tags_of(text, more)
  local seen, tags = {}, {}
  local function add(tag)
    tag = tag:lower()
    if tag ~= "" and not seen[tag] then
      seen[tag] = true
      tags[#tags + 1] = tag
    end
  end
  for tag in text:gmatch("#([%w_%-]+)") do add(tag) end
  for _, tag in ipairs(more or {}) do add((tostring(tag):gsub("^#", ""))) end
  table.sort(tags)
  return tags
end

function store.add(title, text, tags)
  local id, n = slug(title), 1
  while fs.exists(file_of(id)) do
    n = n + 1
    id = slug(title) .. "-" .. n
  end
  local header = json.encode({ title = title, created = os.time(), tags = tags })
  fs.write(file_of(id), "<!-- " .. header .. " -->\n" .. text)
  return store.get(id)
end

function store.get(id)
  local file = file_of(id)
  return fs.exists(file) and parse(id, fs.read(file)) or nil
end

function store.remove(id)
  return fs.remove(file_of(id))
end

function store.all()
  local notes = {}
  for _, name in ipairs(fs.list(folder())) do
    local id = name:match("^(.+)%.md$")
    if id then notes[#notes + 1] = store.get(id) end
  end
  table.sort(notes, function(a, b)
    if a.created ~= b.created then return a.created > b.created end
    return a.id < b.id
  end)
  return notes
end

function store.line(note)
  local tags = #note.tags > 0 and "  `#" .. table.concat(note.tags, "` `#") .. "`" or ""
  return ("- **%s** — %s%s"):format(note.id, note.title, tags)
end

return store
