/** Writes one number a call, to a file and to a database, in one commit. */
export const ledgerSkill = {
  "skill.yaml": `name: Ledger
version: 1.0.0
sqlite: { enable: true }
entries:
  - { name: put, lua_entry: runtime/put.lua, lua_module: ledger.put }
  - { name: read, lua_entry: runtime/read.lua, lua_module: ledger.read }
`,
  "runtime/put.lua": `return function(args)
  vulcan.sqlite.execute_script({ sql = "create table if not exists entries(id integer primary key)" })
  vulcan.sqlite.execute_batch({ sql = "insert into entries(id) values (?)", items = { { args.id } } })
  vulcan.io.append_text("/runtime/ledger.txt", args.id .. "\\n")
  return "ok"
end`,
  "runtime/read.lua": `return function()
  vulcan.sqlite.execute_script({ sql = "create table if not exists entries(id integer primary key)" })
  local rows = vulcan.sqlite.query_json({ sql = "select id from entries order by id" })
  local file = vulcan.fs.exists("/runtime/ledger.txt") and vulcan.fs.read("/runtime/ledger.txt") or ""
  return vulcan.json.encode({ rows = rows, file = file })
end`,
} as const;
