/** The same kinds of work in every host: what one call costs, warm and cold, one that is all SQL, and calls beside each other. */
import type { Runtime, RuntimeOptions } from "../../src/contract/contract.ts";
import { besideBusy, busyTogether, fairSkills } from "./fair.ts";

export type Kind = "warm" | "cold" | "sql" | "beside" | "together";

const skill: Readonly<Record<string, string>> = {
  "work/skill.yaml": `name: Work
version: 1.0.0
sqlite: { enable: true }
entries:
  - { name: echo, lua_entry: runtime/echo.lua, lua_module: work.echo }
  - { name: sql, lua_entry: runtime/sql.lua, lua_module: work.sql }
`,
  "work/runtime/echo.lua": "return function(args) return args.text end",
  "work/runtime/sql.lua": `return function(args)
  vulcan.sqlite.execute_script({ sql = "drop table if exists t; create table t(id integer primary key, x text)" })
  local items = {}
  for i = 1, 1000 do items[i] = { i, "row " .. i } end
  vulcan.sqlite.execute_batch({ sql = "insert into t values (?, ?)", items = items })
  local rows = vulcan.sqlite.query_json({ sql = "select id, x from t where id % 2 = 0" })
  return type(rows)
end`,
};

export type Create = (options?: Pick<RuntimeOptions, "pool">) => Promise<Runtime>;

async function prepare(
  create: Create,
  files: Readonly<Record<string, string>>,
  options?: Pick<RuntimeOptions, "pool">,
): Promise<Runtime> {
  const runtime = await create(options);
  for (const [file, text] of Object.entries(files)) await runtime.fs.write(`/runtime/skills/${file}`, text);
  await runtime.skills.reload();
  return runtime;
}

/** Does `n` operations of a kind; runtimes but those of the cold kind are kept. Answers milliseconds for calls beside each other. */
export function worker(create: Create): (kind: Kind, n: number) => Promise<readonly number[]> {
  let warm: Promise<Runtime> | undefined;
  let fair: Promise<Runtime> | undefined;
  return async (kind, n) => {
    if (kind === "beside" || kind === "together") {
      fair ??= prepare(create, fairSkills, { pool: { max_size: 10 } });
      return kind === "beside" ? besideBusy(await fair, n) : busyTogether(await fair, n);
    }
    if (kind === "cold") {
      for (let i = 0; i < n; i++) {
        const runtime = await prepare(create, skill);
        await runtime.call("work-echo", { text: "hi" });
        await runtime.close();
      }
      return [];
    }
    warm ??= prepare(create, skill);
    const runtime = await warm;
    for (let i = 0; i < n; i++) await runtime.call(kind === "sql" ? "work-sql" : "work-echo", { text: "hi" });
    return [];
  };
}
