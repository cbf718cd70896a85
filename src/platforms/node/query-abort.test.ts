/** A query of SQLite that does not end: what is heard inside it, and what the supervisor does where nothing is. */
import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import type { Runtime } from "../../contract/contract.ts";
import { failure } from "../../testing/test-engine.ts";
import { createNodeRuntime } from "./node.ts";

const entries = {
  keep: `vulcan.sqlite.execute_script({ sql = "CREATE TABLE IF NOT EXISTS t (v); INSERT INTO t VALUES (1)" }) return "kept"`,
  count: `return vulcan.sqlite.query_json({ sql = "SELECT count(*) AS n FROM t" }).json_data`,
  endless: `vulcan.runtime.progress(0) return vulcan.sqlite.query_json({ sql = "with recursive r(n) as (select 1 union all select n + 1 from r) select count(*) from r" }).json_data`,
  short: `vulcan.runtime.progress(0) while true do pcall(vulcan.sqlite.query_json, { sql = "SELECT 1" }) end`,
};
const zip = zipSync({
  "db/skill.yaml": strToU8(
    `name: Db\nversion: 1.0.0\nsqlite: { enable: true }\nentries:\n${Object.keys(entries)
      .map((name) => `  - { name: ${name}, lua_entry: runtime/${name}.lua, lua_module: db.${name} }\n`)
      .join("")}`,
  ),
  ...Object.fromEntries(
    Object.entries(entries).map(([name, body]) => [`db/runtime/${name}.lua`, strToU8(`return function() ${body} end`)]),
  ),
});

/** `stopGraceMs` is long where the engine is to hear, however busy the machine is. */
async function open(thread: boolean, stopGraceMs = 15_000): Promise<{ runtime: Runtime; restarts: unknown[] }> {
  const runtime = await createNodeRuntime({ thread, limits: { stopGraceMs } });
  await runtime.skills.install({ zip, skillId: "db" });
  expect((await runtime.call("db-keep")).content).toBe("kept");
  const restarts: unknown[] = [];
  runtime.on("restart", (event) => restarts.push(event));
  return { runtime, restarts };
}

/** The call is at work when it is stopped. */
function abortedWhileRunning(runtime: Runtime, name: string): Promise<unknown> {
  const controller = new AbortController();
  return runtime.call(name, {}, { signal: controller.signal, onProgress: () => controller.abort() });
}

async function isWhole(runtime: Runtime): Promise<void> {
  expect((await runtime.call("db-count")).content).toBe('[{"n":1}]');
  await runtime.close();
}

describe.each([
  ["in this thread", false],
  ["in a thread of its own", true],
] as const)("an engine %s", (_, thread) => {
  it("hears a deadline inside a query, and goes on", async () => {
    const { runtime, restarts } = await open(thread);
    expect((await failure(runtime.call("db-endless", {}, { timeoutMs: 100 }))).code).toBe("deadline_exceeded");
    await isWhole(runtime);
    expect(restarts).toEqual([]);
  });

  it("hears an abort between queries, and goes on", async () => {
    const { runtime, restarts } = await open(thread);
    expect((await failure(abortedWhileRunning(runtime, "db-short"))).code).toBe("aborted");
    await isWhole(runtime);
    expect(restarts).toEqual([]);
  });
});

it("an abort inside a query ends the thread that does not hear it; what was acknowledged is there in the next", async () => {
  const { runtime, restarts } = await open(true, 200);
  expect((await failure(abortedWhileRunning(runtime, "db-endless"))).code).toBe("aborted");
  await isWhole(runtime);
  expect(restarts).toEqual([{ reason: "aborted" }]);
});
