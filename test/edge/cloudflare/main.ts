// node scripts/run-ts.mjs test/edge/cloudflare/main.ts: skills in real Durable Objects of a real workerd.
// Last line `N passed, N failed`.
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { Miniflare } from "miniflare";
import type { Runtime } from "../../../src/contract/contract.ts";
import { connectRuntime } from "../../../src/http/client/connect-runtime.ts";
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
  - { name: near, lua_entry: runtime/near.lua, lua_module: memory.near }
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
const near = `return function(a)
  local db = vulcan.lancedb
  if a.rows then
    local rows = {}
    for i = 1, a.rows do rows[i] = { id = i, v = { i % 7, i % 11, i % 13, i } } end
    local columns = {
      { name = "id", column_type = "int64", nullable = false },
      { name = "v", column_type = "vector_float32", vector_dim = 4, nullable = false },
    }
    db.create_table({ table_name = "points", columns = columns, overwrite_if_exists = true })
    db.vector_upsert({ table_name = "points", rows = rows, key_columns = { "id" } })
  end
  local found = db.vector_search({ table_name = "points", vector = { 3, 0, 0, 143 }, limit = 1 })
  return vulcan.json.encode(found)
end`;
const memorySkill = {
  "skill.yaml": memory,
  "runtime/put.lua": put,
  "runtime/count.lua": count,
  "runtime/near.lua": near,
};

const liveSkill = {
  "skill.yaml": `name: Live
version: 1.0.0
entries:
  - { name: waits, lua_entry: runtime/waits.lua, lua_module: live.waits }
  - { name: computes, lua_entry: runtime/computes.lua, lua_module: live.computes }
`,
  "runtime/waits.lua": `return function()
  print("before")
  vulcan.runtime.progress(1, 2, "half")
  return vulcan.host.call("gate", {}).value
end`,
  "runtime/computes.lua": `return function()
  vulcan.runtime.progress(1)
  while true do end
end`,
};

const connect = (worker: Miniflare, tenant: string) =>
  connectRuntime("http://agents.test", {
    headers: { authorization: `Bearer ${tenant}-good` },
    fetch: fetchInto(worker),
  });

async function installNotebook(runtime: Runtime): Promise<void> {
  await runtime.skills.install({ zip: await zipSkill("demo/skills/notebook"), skillId: "notebook" });
}

const ask = (worker: Miniflare, tenant: string, pathname: string) =>
  worker.dispatchFetch(`http://agents.test${pathname}`, { headers: { authorization: `Bearer ${tenant}-good` } });

type Check = (worker: Miniflare, folder: string) => Promise<void>;

const checks: Record<string, Check> = {
  "nobody comes in without credentials": async (worker) => {
    const response = await worker.dispatchFetch("http://agents.test/v1/entries");
    assert.equal(response.status, 401);
  },

  "a look-up of the tenant that missed lets nobody in, and makes no object": async (worker, folder) => {
    const known = (await (await worker.dispatchFetch("http://agents.test/misses")).json()) as string[];
    assert.equal(known.length, 10);
    const before = await readdir(folder, { recursive: true });
    for (const miss of known) {
      for (const later of ["", "&later"]) {
        for (const method of ["GET", "POST"]) {
          const response = await worker.dispatchFetch(`http://agents.test/v1/entries?miss=${miss}${later}`, { method });
          assert.equal(response.status, 401, `${method} ${miss}${later}`);
          assert.match(await response.text(), /names no tenant/);
        }
      }
    }
    assert.deepEqual(await readdir(folder, { recursive: true }), before);
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

  "a log line and progress of a call arrive while it waits, and while it computes": async (worker) => {
    const runtime = await connect(worker, "dora");
    await runtime.skills.install({ zip: await zipSkill("live", liveSkill), skillId: "live" });
    const heard: unknown[] = [];
    for await (const said of runtime.stream("live-waits", {}, { timeoutMs: 20_000 })) {
      if (said.type === "log") heard.push(said.event.message);
      else if (said.type === "result") heard.push(said.result.content);
      else {
        heard.push(said.event.message);
        // Nothing would come behind it if progress came with the result.
        await ask(worker, "dora", "/open");
      }
    }
    assert.deepEqual(heard, ["[LuaSkill:info] before", "half", "open"]);
    const stop = new AbortController();
    const computing = runtime.call("live-computes", {}, { signal: stop.signal, onProgress: () => stop.abort() });
    await assert.rejects(computing, { code: "aborted" });
    assert.equal(await runtime.runLua("return 6 * 7"), 42);
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

  "vectors are in the object's storage": async (worker) => {
    const runtime = await connect(worker, "alice");
    assert.match((await runtime.call("memory-near", { rows: 3_000 })).content, /\b143\b/);
    await ask(worker, "alice", "/evict");
    assert.match((await runtime.call("memory-near")).content, /\b143\b/);
    await runtime.close();
  },

  "no header, path or encoding names another tenant": async (worker) => {
    const bob = { authorization: "Bearer bob-good" };
    const attempts: ReadonlyArray<readonly [string, Record<string, string>]> = [
      ["/v1/entries?tenant=alice", bob],
      ["/v1/entries", { ...bob, "x-tenant": "alice", "cf-connecting-do": "alice", host: "alice.agents.test" }],
      ["/alice/v1/entries", bob],
      ["/../alice/v1/entries", bob],
      ["/v1/entries", { authorization: "Bearer alice" }],
      ["/v1/entries", { authorization: "Bearer alice-good, Bearer bob-good" }],
      ["/v1/entries", { authorization: "Bearer alice%2Dgood" }],
      ["/v1/entries", { authorization: "bearer alice-good\tbob-good" }],
      ["//alice-good@agents.test/v1/entries", bob],
    ];
    for (const [pathname, headers] of attempts) {
      const response = await worker.dispatchFetch(`http://agents.test${pathname}`, { headers });
      assert.doesNotMatch(await response.text(), /notebook/, `${pathname} ${JSON.stringify(headers)}`);
    }
  },

  "errors keep code, data and traceback over RPC": async (worker) => {
    const answer = await worker.dispatchFetch("http://agents.test/rpc");
    assert.deepEqual(await answer.json(), {
      value: 7,
      file: "over rpc",
      error: {
        name: "LuaSkillsError",
        code: "lua_error",
        data: { line: 1 },
        traceback: "stack traceback:",
      },
    });
  },

  "a request under way keeps its engine": async (worker) => {
    const runtime = await connect(worker, "alice");
    const call = runtime.runLua("marker = 'here' return vulcan.host.call('wait', { ms = 300 }).value .. ' ' .. marker");
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await ask(worker, "alice", "/evict");
    }
    assert.equal(await call, "waited here");
    await runtime.close();
  },

  "a listener hears on after the engine was let go of": async (worker) => {
    const runtime = await connect(worker, "alice");
    const listener = await connect(worker, "alice");
    const heard: unknown[] = [];
    listener.on("config", (event) => heard.push(event));
    await ask(worker, "alice", "/evict");
    await runtime.config.set("notebook", "tone", "loud");
    for (let tries = 0; heard.length === 0 && tries < 100; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.deepEqual(heard, [{ skill_id: "notebook", key: "tone", value: "loud" }]);
    await Promise.all([runtime.close(), listener.close()]);
  },

  "engines of the isolate share its memory": async (worker) => {
    const calls = Array.from({ length: 24 }, async (_, i) => {
      const response = await worker.dispatchFetch("http://agents.test/v1/request", {
        method: "POST",
        headers: { authorization: `Bearer crowd${i}-good` },
        body: JSON.stringify({ op: "runLua", code: `return ${i}`, args: {} }),
      });
      assert.match(await response.text(), new RegExp(`"value":${i}\\b`));
    });
    await Promise.all(calls);
    const held = (await (await ask(worker, "alice", "/memory")).json()) as { engines: number; bytes: number };
    assert.ok(held.bytes <= residentBytes, `${held.engines} engines hold ${held.bytes} bytes`);
    assert.ok(held.engines < 24, `${held.engines} engines`);
    // What the crowd pushed out is all there.
    const runtime = await connect(worker, "alice");
    assert.match((await runtime.call("memory-count")).content, /20000/);
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
    await runtime.runLua("return 1");
    const held = async () => ((await (await ask(worker, "alice", "/memory")).json()) as { own?: unknown }).own ?? null;
    assert.notEqual(await held(), null);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    assert.equal(await held(), null);
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

/** Room for the largest object of these checks and a few small ones. */
const residentBytes = 40 * 2 ** 20;
const lastCheck = Object.keys(checks).at(-1);
const tally = new Tally();
for (const nodeCompat of [false, true]) {
  tally.heading(`Durable Objects in workerd${nodeCompat ? ", nodejs_compat" : ""}`);
  const folder = await mkdtemp(path.join(os.tmpdir(), "luaskills-do-"));
  const worker = await startWorker({ nodeCompat, persist: folder, residentBytes });
  for (const [name, check] of Object.entries(checks)) {
    const started = performance.now();
    let detail: string | undefined;
    // The last check starts a workerd of its own on what this one has written; what a failed one has open ends here.
    if (name === lastCheck) await worker.dispose();
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
