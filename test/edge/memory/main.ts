// node scripts/run-ts.mjs test/edge/memory/main.ts: what one isolate holds with two VMs, SQLite and 20 MB of data, as V8
// counts it inside the isolate, against the platform's 128 MB. Last line `N passed, N failed`.
import { connectRuntime } from "../../../src/client/remote/connect-runtime.ts";
import type { EngineMemory } from "../../../src/engine/interface.ts";
import { fetchInto, startWorker } from "../cloudflare/start.ts";
import { Inspector } from "../inspector.ts";
import { workerdBytes } from "../load/workerd-process.ts";
import { zipSkill } from "../zip-skill.ts";

const limit = 128 * 2 ** 20;
const skill = (name: string) => ({
  "skill.yaml": `name: ${name}
version: 1.0.0
sqlite: { enable: true }
entries:
  - { name: fill, lua_entry: runtime/fill.lua, lua_module: ${name}.fill }
`,
  "runtime/fill.lua": `return function(a)
  vulcan.sqlite.execute_script({ sql = "create table if not exists t(id integer primary key, x text)" })
  local text = ("0123456789abcdef"):rep(64)
  for batch = 1, a.mb do
    local items = {}
    for i = 1, 1024 do items[i] = { text } end
    vulcan.sqlite.execute_batch({ sql = "insert into t(x) values (?)", items = items })
  end
  return vulcan.json.encode(vulcan.sqlite.query_json({ sql = "select count(*) as n, sum(length(x)) as size from t" }))
end`,
});

const worker = await startWorker({ idleMs: 0, shipped: true, miniflare: { inspectorPort: 0 } });
const headers = { authorization: "Bearer full-good" };
const measured: string[] = [];
let worst = 0;
try {
  const runtime = await connectRuntime("http://agents.test", { headers, fetch: fetchInto(worker), events: false });
  const inspector = await Inspector.open(worker);
  /** V8's own count has JavaScript and ArrayBuffers; the linear memories are the engine's to say. */
  const look = async (what: string) => {
    const { used, backing, embedder } = await inspector.heap();
    const answer = await worker.dispatchFetch("http://agents.test/memory", { headers });
    const { own } = (await answer.json()) as { own?: EngineMemory };
    const wasm = (own?.vms ?? 0) + (own?.databases ?? 0);
    const isolate = used + backing + embedder + wasm;
    worst = Math.max(worst, isolate);
    const parts = [used, backing, own?.vms ?? 0, own?.databases ?? 0, own?.files ?? 0, isolate, workerdBytes()];
    measured.push([what.padEnd(36), ...parts.map((bytes) => (bytes / 2 ** 20).toFixed(1).padStart(9))].join(""));
  };
  await look("engine without skills");
  for (const name of ["one", "two"]) {
    await runtime.skills.install({ zip: await zipSkill(name, skill(name)), skillId: name });
  }
  await look("two skills with SQLite");
  for (const name of ["one", "two"]) await runtime.call(`${name}-fill`, { mb: 10 });
  await look("20 MB of rows, just written");
  await worker.dispatchFetch("http://agents.test/evict", { headers });
  for (const name of ["one", "two"]) await runtime.call(`${name}-fill`, { mb: 0 });
  await look("the same, loaded again");
  inspector.close();
  await runtime.close();
} finally {
  await worker.dispose();
}
console.log(`MB${"JS".padStart(43)}${"buffers".padStart(9)}      VMs   SQLite    files  isolate  process`);
for (const line of measured) console.log(line);
const passed = worst < limit;
console.log(`at most ${(worst / 2 ** 20).toFixed(1)} MB of the 128 MB an isolate may hold`);
console.log(passed ? "1 passed, 0 failed" : "0 passed, 1 failed");
process.exitCode = passed ? 0 : 1;
