/** The same three kinds of work in every host: what one call costs, warm and cold, and one that is all SQL. */
import type { Runtime } from "../../src/contract/contract.ts";

export type Kind = "warm" | "cold" | "sql";

const skill: Readonly<Record<string, string>> = {
  "skill.yaml": `name: Work
version: 1.0.0
sqlite: { enable: true }
entries:
  - { name: echo, lua_entry: runtime/echo.lua, lua_module: work.echo }
  - { name: sql, lua_entry: runtime/sql.lua, lua_module: work.sql }
`,
  "runtime/echo.lua": "return function(args) return args.text end",
  "runtime/sql.lua": `return function(args)
  vulcan.sqlite.execute_script({ sql = "drop table if exists t; create table t(id integer primary key, x text)" })
  local items = {}
  for i = 1, 1000 do items[i] = { i, "row " .. i } end
  vulcan.sqlite.execute_batch({ sql = "insert into t values (?, ?)", items = items })
  local rows = vulcan.sqlite.query_json({ sql = "select id, x from t where id % 2 = 0" })
  return type(rows)
end`,
};

async function prepare(create: () => Promise<Runtime>): Promise<Runtime> {
  const runtime = await create();
  for (const [file, text] of Object.entries(skill)) await runtime.fs.write(`/runtime/skills/work/${file}`, text);
  await runtime.skills.reload();
  return runtime;
}

/** Does `n` operations of a kind; the runtime of the warm kinds is kept between calls. */
export function worker(create: () => Promise<Runtime>): (kind: Kind, n: number) => Promise<void> {
  let warm: Promise<Runtime> | undefined;
  return async (kind, n) => {
    if (kind === "cold") {
      for (let i = 0; i < n; i++) {
        const runtime = await prepare(create);
        await runtime.call("work-echo", { text: "hi" });
        await runtime.close();
      }
      return;
    }
    warm ??= prepare(create);
    const runtime = await warm;
    for (let i = 0; i < n; i++) await runtime.call(kind === "sql" ? "work-sql" : "work-echo", { text: "hi" });
  };
}
