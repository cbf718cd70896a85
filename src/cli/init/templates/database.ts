import { manifest, type Template } from "./template.ts";

export const database: Template = {
  about: "notes in a SQLite database of the skill's own",
  files: (names) => ({
    "skill.yaml": manifest(
      names,
      `entries:
  - name: add
    description: Keeps a note.
    lua_entry: runtime/add.lua
    lua_module: ${names.id}.add
    parameters:
      - { name: text, type: string, description: The note, required: true }
  - name: find
    description: Finds notes that contain a word, newest first.
    lua_entry: runtime/find.lua
    lua_module: ${names.id}.find
    parameters:
      - { name: word, type: string, description: A word to look for, required: true }
sqlite:
  enable: true
help:
  main: { file: help/main.md, description: What this skill is for }
`,
    ),
    "runtime/add.lua": `return function(args)
  if type(args.text) ~= "string" or args.text == "" then error("text must be a note") end
  local sqlite = vulcan.sqlite
  sqlite.execute_script({ sql = "CREATE TABLE IF NOT EXISTS notes(id INTEGER PRIMARY KEY, at TEXT, text TEXT)" })
  sqlite.execute_script({
    sql = "INSERT INTO notes(at, text) VALUES (?1, ?2)",
    params = { os.date("!%Y-%m-%d %H:%M"), args.text },
  })
  return "kept"
end
`,
    "runtime/find.lua": `return function(args)
  local answer = vulcan.sqlite.query_json({
    sql = "SELECT at, text FROM notes WHERE instr(lower(text), lower(?1)) > 0 ORDER BY id DESC",
    params = { args.word },
  })
  local lines = {}
  for _, row in ipairs(answer.rows) do lines[#lines + 1] = row.at .. "  " .. row.text end
  return #lines > 0 and table.concat(lines, "\\n") or "nothing found"
end
`,
    "tests/notes.lua": `describe("notes", function()
  it("finds what was kept, newest first", function()
    fake.clock("2026-01-02T10:00:00Z")
    call("add", { text = "Buy milk" })
    fake.clock("2026-01-03T10:00:00Z")
    call("add", { text = "Milk is in the fridge" })
    expect(call("find", { word = "milk" })).to_be("2026-01-03 10:00  Milk is in the fridge\\n2026-01-02 10:00  Buy milk")
  end)

  it("begins each test with an empty database", function()
    call("add", { text = "tea" })
    expect(call("find", { word = "milk" })).to_be("nothing found")
  end)
end)
`,
  }),
};
