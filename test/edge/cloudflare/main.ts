// node scripts/run-ts.mjs test/edge/cloudflare/main.ts: skills in real Durable Objects of a real workerd.
// Last line `N passed, N failed`.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { Miniflare } from "miniflare";
import { connectRuntime } from "../../../src/client/remote/connect-runtime.ts";
import type { Runtime } from "../../../src/contract.ts";
import { Tally } from "../../browser/tally.ts";
import { databaseTour, tourFacts } from "../../portable/database-tour.ts";
import { zipSkill } from "../zip-skill.ts";
import { fetchInto, startWorker } from "./start.ts";

const memory = `name: Memory
version: 1.0.0
sqlite: { enable: true }
lancedb: { enable: true }
entries:
  - { name: put, lua_entry: runtime/put.lua, lua_module: memory.put }
  - { name: count, lua_entry: runtime/count.lua, lua_module: memory.count }
`;
const put = `return function(a)
  vulcan.sqlite.execute_script({ sql = "create table if not exists t(id integer primary key, x text)" })
  local items = {}
  for i = 1, a.rows do items[i] = { ("row %d "):format(i) .. ("x"):rep(100) } end
  local r = vulcan.sqlite.execute_batch({ sql = "insert into t(x) values (?)", items = items })
  return vulcan.json.encode(r)
end`;
const count = `return function()
  return vulcan.json.encode(vulcan.sqlite.query_json({ sql = "select count(*) as n from t" }))
end`;
const memorySkill = { "skill.yaml": memory, "runtime/put.lua": put, "runtime/count.lua": count };

const connect = (worker: Miniflare, tenant: string) =>
  connectRuntime("http://agents.test", {
    headers: { authorization: `Bearer ${tenant}-good` },
    fetch: fetchInto(worker),
  });

async function installNotebook(runtime: Runtime): Promise<void> {
  await runtime.skills.install({ zip: await zipSkill("demo/skills/notebook"), skillId: "notebook" });
}

type Check = (worker: Miniflare, folder: string) => Promise<void>;

const checks: Record<string, Check> = {
  "nobody comes in without credentials": async (worker) => {
    const response = await worker.dispatchFetch("http://agents.test/v1/entries");
    assert.equal(response.status, 401);
  },

  "a sample skill installs and runs, waits included": async (worker) => {
    const runtime = await connect(worker, "alice");
    assert.equal(runtime.capabilities.waiting, "J");
    assert.equal(runtime.capabilities.storage.kind, "durable-object");
    await installNotebook(runtime);
    const { content } = await runtime.call("notebook-add", { title: "Milk", text: "two litres #shopping" });
    assert.match(content, /Saved as \*\*milk\*\*/);
    assert.deepEqual(await runtime.runLua("return vulcan.host.call('shout', { text = 'hi' })"), {
      ok: true,
      value: "HI",
    });
    await runtime.close();
  },

  "a tenant sees only its own object": async (worker) => {
    const runtime = await connect(worker, "bob");
    assert.deepEqual(runtime.list(), []);
    assert.equal(await runtime.fs.stat("/runtime/data/notebook/milk.md"), undefined);
    await runtime.close();
  },

  "a database of 20,000 rows is in the object's storage": async (worker) => {
    const runtime = await connect(worker, "alice");
    await runtime.skills.install({ zip: await zipSkill("memory", memorySkill), skillId: "memory" });
    await runtime.call("memory-put", { rows: 20_000 });
    assert.match((await runtime.call("memory-count")).content, /20000/);
    await runtime.close();
  },

  "databases can be looked into, taken away and brought back from afar": async (worker) => {
    const runtime = await connect(worker, "carol");
    assert.deepEqual(await databaseTour(runtime), tourFacts);
    await runtime.skills.install({ zip: await zipSkill("demo/skills/recall"), skillId: "recall" });
    await runtime.call("recall-remember", { text: "rye bread on Fridays\nthe train to the coast" });
    assert.match((await runtime.call("recall-search", { query: "bread" })).content, /\| 1 \|.*words, \d+% alike/);
    await runtime.close();
  },

  "an endless loop ends at its budget and the object goes on": async (worker) => {
    const runtime = await connect(worker, "alice");
    await assert.rejects(runtime.runLua("while true do end"), { code: /budget_exceeded|deadline_exceeded/ });
    assert.equal(await runtime.runLua("return 6 * 7"), 42);
    await runtime.close();
  },

  "an idle object lets its memory go and finds everything again": async (worker) => {
    const runtime = await connect(worker, "alice");
    await runtime.runLua("marker = 'in this VM'");
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    assert.equal(await runtime.runLua("return marker"), null);
    assert.match((await runtime.call("notebook-list")).content, /Milk/);
    assert.match((await runtime.call("memory-count")).content, /20000/);
    await runtime.close();
  },

  "everything acknowledged is there after workerd was killed": async (_, folder) => {
    const again = await startWorker({ persist: folder });
    try {
      const runtime = await connect(again, "alice");
      assert.deepEqual([...new Set(runtime.list().map(({ skillId }) => skillId))], ["memory", "notebook"]);
      assert.match((await runtime.call("notebook-list")).content, /Milk/);
      assert.match((await runtime.call("memory-count")).content, /20000/);
      await runtime.close();
    } finally {
      await again.dispose();
    }
  },
};

const tally = new Tally();
for (const nodeCompat of [false, true]) {
  tally.heading(`Durable Objects in workerd${nodeCompat ? ", nodejs_compat" : ""}`);
  const folder = await mkdtemp(path.join(os.tmpdir(), "luaskills-do-"));
  const worker = await startWorker({ nodeCompat, persist: folder });
  for (const [name, check] of Object.entries(checks)) {
    const started = performance.now();
    let detail: string | undefined;
    // The last check starts a workerd of its own on what this one has written.
    if (name.includes("killed")) await worker.dispose();
    try {
      await check(worker, folder);
    } catch (error) {
      detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    const ms = Math.round(performance.now() - started);
    tally.add(name, [{ name, outcome: detail === undefined ? "passed" : "failed", detail, ms }]);
  }
  await rm(folder, { recursive: true, force: true });
}
tally.finish();
