/**
 * What a skill's database costs against sqlite-wasm by itself, in memory, and against native SQLite where better-sqlite3 is
 * installed: bulk inserts, point queries and large results, each at the host's border and through Lua.
 * @module
 */
import type { Runtime } from "../src/contract/contract.ts";
import { createNodeRuntime } from "../src/platforms/node/node.ts";
import { MemoryTree } from "../src/vfs/memory-tree.ts";
import type { Bench, BenchFile, Contender } from "./harness/harness.ts";
import { openEmbedded } from "./sqlite/embedded.ts";
import { openNative } from "./sqlite/native.ts";
import { openRaw, rawBatches, rowsOf, schema } from "./sqlite/raw.ts";

const bulkRows = 100_000;
const resultRows = 20_000;
const pointQueries = 5000;

const roots = [{ name: "ROOT", skills_dir: "/runtime/skills" }];
const manifest = `name: bench
version: 1.0.0
entries:
  - { name: run, lua_entry: runtime/run.lua, lua_module: bench.run }
sqlite: { enable: true, log_level: "off" }
`;
const entry = `return function(args)
  local db = vulcan.sqlite
  if args.what == "fill" then
    db.execute_script({ sql = "DROP TABLE IF EXISTS t; ${schema}" })
    local items = {}
    for i = 1, args.rows do items[i] = { i, "name of row " .. i, i / 7 } end
    return tostring(db.execute_batch({ sql = "INSERT INTO t VALUES(?1, ?2, ?3)", items = items }).rows_changed)
  elseif args.what == "points" then
    local sum = 0
    for i = 1, args.rows do
      sum = sum + db.query_json({ sql = "SELECT name, score FROM t WHERE id = ?1", params = { i } }).rows[1].score
    end
    return tostring(sum)
  end
  return tostring(#db.query_json({ sql = "SELECT id, name, score FROM t LIMIT ?1", params = { args.rows } }).rows)
end
`;

export const benches: BenchFile["benches"] = async () => {
  const raw = await openRaw();
  const rawDatabase = new raw.oo1.DB(":memory:");
  rawDatabase.exec(schema);
  const call = await openEmbedded(new MemoryTree());
  await call("execute_script", { sql: schema });
  const runtime = await sqliteRuntime();
  const items = rowsOf(bulkRows);

  const rawOf = rawBatches(rawDatabase, items);
  const rawBulk = { name: "raw json_each", batch: rawOf.bulk };
  rawBulk.batch();
  const rawPoints = { name: "raw prepared", batch: rawOf.points(pointQueries) };
  const rawRows = { name: "raw rows to JS", batch: rawOf.rows(resultRows) };
  const throughLua = (what: string, rows: number) => ({
    name: "through Lua",
    batch: async () => {
      await runtime.call("bench-run", { what, rows });
      return rows;
    },
  });
  const atBorder = {
    bulk: {
      name: "at the border",
      batch: async () => {
        await call("execute_script", { sql: "DELETE FROM t" });
        await call("execute_batch", { sql: "INSERT INTO t VALUES(?1, ?2, ?3)", items });
        return bulkRows;
      },
    },
    points: {
      name: "at the border",
      batch: async () => {
        const sql = "SELECT name, score FROM t WHERE id = ?1";
        for (let i = 1; i <= pointQueries; i++) await call("query_json", { sql, params: [i] });
        return pointQueries;
      },
    },
    rows: {
      name: "at the border",
      batch: async () => {
        await call("query_json", { sql: "SELECT id, name, score FROM t LIMIT ?1", params: [resultRows] });
        return resultRows;
      },
    },
  };
  const native = await openNative(items);
  const againstNative = (question: string, subject: Contender, reference: Contender | undefined): Bench[] =>
    reference === undefined ? [] : [{ question, subject, reference, rounds: 5 }];
  const list: Bench[] = [
    {
      question: "insert a row, 100k by execute_batch",
      subject: atBorder.bulk,
      reference: rawBulk,
      wanted: 1.3,
      rounds: 5,
    },
    {
      question: "insert a row, 100k by execute_batch",
      subject: throughLua("fill", bulkRows),
      reference: rawBulk,
      rounds: 5,
    },
    ...againstNative("insert a row, 100k by execute_batch", atBorder.bulk, native?.bulk),
    { question: "point query", subject: atBorder.points, reference: rawPoints },
    { question: "point query", subject: throughLua("points", pointQueries), reference: rawPoints, wanted: 3 },
    ...againstNative("point query", atBorder.points, native?.points(pointQueries)),
    { question: "a row of 20k", subject: atBorder.rows, reference: rawRows },
    { question: "a row of 20k", subject: throughLua("rows", resultRows), reference: rawRows, wanted: 1.5 },
    ...againstNative("a row of 20k", atBorder.rows, native?.rows(resultRows)),
  ];
  return {
    list,
    async close() {
      rawOf.close();
      native?.close();
      await runtime.close();
    },
  };
};

async function sqliteRuntime(): Promise<Runtime> {
  const runtime = await createNodeRuntime({ storage: { kind: "memory" }, load: false, roots });
  await runtime.fs.write("/runtime/skills/bench/skill.yaml", manifest);
  await runtime.fs.write("/runtime/skills/bench/runtime/run.lua", entry);
  await runtime.skills.reload(roots);
  await runtime.call("bench-run", { what: "fill", rows: resultRows });
  return runtime;
}
