-- Memories in two databases: their text and a full-text index in SQLite, their vectors in the vector store.
local db, vectors = vulcan.sqlite, vulcan.lancedb
local embedding = dofile(vulcan.path.join(vulcan.context.entry_dir, "embed.lua"))
local index, vector_table = "memory_words", "memories"
local store = {}

db.execute_script({
  sql = [[
    CREATE TABLE IF NOT EXISTS memories(
      id INTEGER PRIMARY KEY,
      topic TEXT NOT NULL,
      text TEXT NOT NULL,
      created TEXT NOT NULL
    )]],
})
db.ensure_fts_index({ index_name = index })

local function rows(sql, params)
  return db.query_json({ sql = sql, params = params }).rows
end

-- The vector store cannot be asked whether a table is there: the first use makes it.
local function with_vectors(method, request)
  request.table_name = vector_table
  local ok, answer = pcall(vectors[method], request)
  if ok then return answer end
  if not tostring(answer):find("was not found", 1, true) then error(answer, 0) end
  vectors.create_table({
    table_name = vector_table,
    columns = {
      { name = "id", column_type = "int64", nullable = false },
      { name = "topic", column_type = "string", nullable = false },
      { name = "text", column_type = "string", nullable = false },
      { name = "embedding", column_type = "vector_float32", vector_dim = embedding.size, nullable = false },
    },
  })
  return vectors[method](request)
end

local function quoted(text)
  return "'" .. text:gsub("'", "''") .. "'"
end

function store.add(text, topic)
  local vector = embedding.embed(text)
  if not vector then error("there is nothing to compare in: " .. text, 0) end
  local id = db.execute_script({
    sql = "INSERT INTO memories(topic, text, created) VALUES (?1, ?2, strftime('%Y-%m-%d %H:%M', 'now'))",
    params = { topic, text },
  }).last_insert_rowid
  db.upsert_fts_document({ index_name = index, id = tostring(id), file_path = topic ~= "" and topic or "-", title = topic, content = text })
  with_vectors("vector_upsert", {
    key_columns = { "id" },
    rows = { { id = id, topic = topic, text = text, embedding = vector } },
  })
  return id
end

function store.get(id)
  return rows("SELECT id, topic, text, created FROM memories WHERE id = ?1", { id })[1]
end

function store.all(topic, limit)
  return rows(
    "SELECT id, topic, text, created FROM memories WHERE ?1 = '' OR topic = ?1 ORDER BY id DESC LIMIT ?2",
    { topic, limit }
  )
end

-- Ids of the memories that contain words of the query, best first.
function store.by_words(query, topic, limit)
  local ids = {}
  for _, hit in ipairs(db.search_fts({ index_name = index, query = query, limit = 200 }).hits) do
    if (topic == "" or hit.title == topic) and #ids < limit then ids[#ids + 1] = tonumber(hit.id) end
  end
  return ids
end

-- Memories by likeness; `likeness` is a cosine, from the squared distance of vectors of length one.
function store.by_likeness(text, topic, limit)
  local vector = embedding.embed(text)
  if not vector then return {} end
  local found = with_vectors("vector_search", {
    vector = vector,
    limit = limit,
    filter = topic ~= "" and "topic = " .. quoted(topic) or nil,
  }).data_json
  local list = {}
  for i, row in ipairs(found) do
    list[i] = { id = row.id, topic = row.topic, text = row.text, likeness = 1 - row._distance / 2 }
  end
  return list
end

function store.remove(id)
  if not store.get(id) then return false end
  db.execute_script({ sql = "DELETE FROM memories WHERE id = ?1", params = { id } })
  db.delete_fts_document({ index_name = index, id = tostring(id) })
  with_vectors("delete", { condition = ("id = %d"):format(id) })
  return true
end

local function cell(text)
  return (tostring(text):gsub("|", "\\|"):gsub("%s+", " "))
end

-- A Markdown table of memories; `facts` gives the last column.
function store.table_of(memories, heading, facts)
  local lines = { ("| # | Memory | Topic | %s |"):format(heading), "| ---: | --- | --- | --- |" }
  for _, memory in ipairs(memories) do
    lines[#lines + 1] = ("| %d | %s | %s | %s |"):format(memory.id, cell(memory.text), cell(memory.topic), facts(memory))
  end
  return table.concat(lines, "\n")
end

return store
