// node scripts/run-ts.mjs test/edge/memory/main.ts: what one isolate holds with two VMs, SQLite and 20 MB of data, as V8
// counts it inside the isolate, and with engines of many objects coming and going, against the platform's 128 MB. Last line `N passed, N failed`.

import type { EngineMemory } from "../../../src/contract/usage.ts";
import { connectRuntime } from "../../../src/http/client/connect-runtime.ts";
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
const headersOf = (tenant: string) => ({ authorization: `Bearer ${tenant}-good` });
const headers = headersOf("full");
const measured: string[] = [];
let worst = 0;
try {
  const runtime = await connectRuntime("http://agents.test", { headers, fetch: fetchInto(worker), events: false });
  const inspector = await Inspector.open(worker);
  /** V8's own count has JavaScript and ArrayBuffers; the linear memories are the engine's to say. */
  const sample = async (what: string) => {
    const { used, backing, embedder } = await inspector.heap();
    const answer = await worker.dispatchFetch("http://agents.test/memory", { headers });
    const { own, uncollected } = (await answer.json()) as { own?: EngineMemory; uncollected: number };
    const isolate = used + backing + embedder + uncollected;
    const parts = [used, backing, own?.vms ?? 0, own?.databases ?? 0, uncollected, isolate, workerdBytes()];
    const line = [what.padEnd(36), ...parts.map((bytes) => (bytes / 2 ** 20).toFixed(1).padStart(9))].join("");
    return { isolate, line };
  };
  const look = async (what: string) => {
    const { isolate, line } = await sample(what);
    worst = Math.max(worst, isolate);
    measured.push(line);
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
  await runtime.close();
  await worker.dispatchFetch("http://agents.test/evict", { headers });
  let peak = await sample("60 objects in turn, at the most");
  const zip = await zipSkill("one", skill("one"));
  for (let turn = 0; turn < 180; turn++) {
    const tenant = await connectRuntime("http://agents.test", {
      headers: headersOf(`crowd${turn % 60}`),
      fetch: fetchInto(worker),
      events: false,
    });
    if (turn < 60) await tenant.skills.install({ zip, skillId: "one" });
    else await tenant.call("one-fill", { mb: 0 });
    await tenant.close();
    if (turn % 5 !== 0) continue;
    const now = await sample("60 objects in turn, at the most");
    if (now.isolate > peak.isolate) peak = now;
  }
  worst = Math.max(worst, peak.isolate);
  measured.push(peak.line);
  inspector.close();
} finally {
  await worker.dispose();
}
console.log(`MB${"JS".padStart(43)}${"buffers".padStart(9)}      VMs   SQLite   linear  isolate  process`);
for (const line of measured) console.log(line);
const passed = worst < limit;
console.log(`at most ${(worst / 2 ** 20).toFixed(1)} MB of the 128 MB an isolate may hold`);
console.log(passed ? "1 passed, 0 failed" : "0 passed, 1 failed");
process.exitCode = passed ? 0 : 1;
