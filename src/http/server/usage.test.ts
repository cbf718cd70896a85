/** What a call says it has used: the same here and over HTTP. */
import { strToU8, zipSync } from "fflate";
import { expect, it } from "vitest";
import type { Runtime } from "../../contract/contract.ts";
import { superviseNodeRuntime } from "../../platforms/node/node.ts";
import { connectRuntime } from "../client/connect-runtime.ts";
import { createHttpHandler } from "./handler.ts";

const manifest = (id: string) =>
  `name: ${id}\nversion: 1.0.0\nsqlite: { enable: true }\nentries:\n  - { name: run, lua_entry: runtime/run.lua, lua_module: ${id}.run }\n`;
const packed = (id: string, body: string) =>
  zipSync({
    [`${id}/skill.yaml`]: strToU8(manifest(id)),
    [`${id}/runtime/run.lua`]: strToU8(`return function(a) ${body} return "ok" end`),
  });

const writes = `
  vulcan.fs.write("/runtime/a", ("x"):rep(1000))
  vulcan.fs.write("/runtime/a", ("x"):rep(10))
  local f = assert(io.open("/runtime/b", "a")) f:write(("y"):rep(500)) f:close()`;
const sql = `
  vulcan.sqlite.execute_script({ sql = "CREATE TABLE IF NOT EXISTS t (v); DELETE FROM t" })
  vulcan.sqlite.execute_batch({ sql = "INSERT INTO t VALUES (?)", items = { { 1 }, { 2 }, { 3 } } })
  vulcan.sqlite.query_json({ sql = "SELECT v FROM t" })`;

async function used(runtime: Runtime, name: string) {
  const { bytesWritten, sqlRows } = (await runtime.call(name)).usage;
  return { bytesWritten, sqlRows };
}

it("counts bytes written and rows of SQL, here and over HTTP", async () => {
  const served = await superviseNodeRuntime();
  const { runtime } = served;
  const handler = createHttpHandler(served, { authorize: () => "call" });
  const remote = await connectRuntime("http://x.test", { fetch: (url, init) => handler(new Request(url, init)) });
  for (const [id, body] of [
    ["idle", ""],
    ["writer", writes],
    ["rows", sql],
    ["caller", 'vulcan.call("writer-run", {})'],
  ] as const) {
    await runtime.skills.install({ zip: packed(id, body), skillId: id });
  }
  for (const asked of [runtime, remote]) {
    expect(await used(asked, "idle-run")).toEqual({ bytesWritten: 0, sqlRows: 0 });
    expect(await used(asked, "writer-run")).toEqual({ bytesWritten: 1510, sqlRows: 0 });
    expect(await used(asked, "caller-run"), "what it calls counts").toEqual({ bytesWritten: 1510, sqlRows: 0 });
  }
  const first = await used(runtime, "rows-run");
  // Six: three inserted, three read.
  expect(first.sqlRows).toBe(6);
  expect(first.bytesWritten, "pages of the database").toBeGreaterThan(4096);
  await remote.close();
  await runtime.close();
});
