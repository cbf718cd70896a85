import { describe, expect, it } from "vitest";
import type { EngineOptions, HostCallbacks } from "../../contract/contract.ts";
import { failure, skill, testEngine } from "../../testing/test-engine.ts";

const run = `return function(args) return vulcan.json.encode({ assert(load(args.code))() }) end`;
const files = {
  ...skill("greedy", { run }, "sqlite: { enable: true }\n"),
  ...skill("other", { run }, "sqlite: { enable: true }\n"),
};

async function world(limits: EngineOptions["limits"], callbacks: HostCallbacks = {}) {
  const made = await testEngine({ files, options: { limits: limits ?? {} }, callbacks });
  const as = (who: string) => (code: string) => made.call(`${who}-run`, { code }).then((text) => JSON.parse(text));
  return { ...made, greedy: as("greedy"), other: as("other") };
}

describe("what one skill may hold", () => {
  it("bytes of files: by name outside, as a full disk inside; what is removed is free again, others are not touched", async () => {
    const { engine, greedy, other } = await world({ skillFileBytes: 100_000 });
    const write = (size: number) => `vulcan.fs.write("/work.bin", ("x"):rep(${size}))`;
    await greedy(write(60_000));
    await greedy(write(90_000));
    expect(await greedy(`return pcall(function() ${write(100_001)} end)`)).toEqual([
      false,
      expect.stringContaining("No space left on device"),
    ]);
    expect(await failure(greedy(`vulcan.fs.write("/more.bin", ("x"):rep(20000))`))).toMatchObject({
      code: "quota_exceeded",
      message: expect.stringContaining("limits.skillFileBytes is 100000"),
      data: { skill: "greedy", limit: "skillFileBytes", value: 100_000 },
    });
    for (const grow of [
      `local f = io.open("/grown", "w") for i = 1, 100 do assert(f:write(("x"):rep(1000))) f:flush() end`,
      `for i = 1, 100 do local f = io.open("/grown", "a") assert(f:write(("x"):rep(1000))) assert(f:close()) end`,
      `for i = 1, 100 do vulcan.io.append_text("/grown", ("x"):rep(1000)) end`,
    ]) {
      const [ok] = await greedy(`return (pcall(function() ${grow} end))`);
      expect(ok, grow).toBe(false);
    }
    await other(`vulcan.fs.write("/others.bin", ("x"):rep(90000)) vulcan.fs.remove("/work.bin")`);
    await greedy(`vulcan.fs.remove("/grown") vulcan.fs.write("/more.bin", ("x"):rep(90000))`);
    await engine.close();
  });

  it("files, those of before the start included", async () => {
    const { engine, greedy, store } = await world({ skillFiles: 3 });
    store.fs.mkdir("/runtime/data/greedy", { recursive: true });
    for (const name of ["a", "b"]) store.fs.writeFile(`/runtime/data/greedy/${name}`, new Uint8Array(1));
    await greedy(`vulcan.fs.write("/runtime/data/greedy/c", "")`);
    expect(await failure(greedy(`vulcan.fs.write("/d", "")`))).toMatchObject({
      code: "quota_exceeded",
      data: { limit: "skillFiles", value: 3 },
    });
    await greedy(`vulcan.fs.remove("/runtime/data/greedy", { recursive = true }) vulcan.fs.write("/d", "")`);
    await engine.close();
  });

  it("open files, for reading too, in all its VMs; closed ones are free again", async () => {
    const { engine, greedy, other } = await world({ skillHandles: 3 });
    const hoard = (count: number) =>
      `held = held or {} for i = 1, ${count} do held[#held + 1] = assert(io.open("/hoard", "r")) end`;
    await greedy(`vulcan.fs.write("/hoard", "x") local f = assert(io.open("/more", "w")) f:close()`);
    const refused = await failure(greedy(`local f = assert(io.open("/own", "w")) ${hoard(3)}`));
    expect(refused).toMatchObject({
      code: "quota_exceeded",
      message: expect.stringContaining("limits.skillHandles is 3"),
      data: { skill: "greedy", limit: "skillHandles", value: 3 },
    });
    expect(refused.message).toContain("Too many open files");
    await other(hoard(3));
    await greedy(`for _, file in ipairs(held or {}) do file:close() end collectgarbage() ${hoard(1)}`);
    await engine.close();
  });

  it("bytes of a database, whatever it sets", async () => {
    const { engine, greedy, other } = await world({ skillDatabaseBytes: 400_000 });
    const fill = `pcall(vulcan.sqlite.execute_script, { sql = "PRAGMA max_page_count = 100000" })
      vulcan.sqlite.execute_script({ sql = "CREATE TABLE IF NOT EXISTS t (b); INSERT INTO t VALUES (zeroblob(300000)); INSERT INTO t VALUES (zeroblob(300000))" })`;
    expect(await failure(greedy(fill))).toMatchObject({
      code: "quota_exceeded",
      message: expect.stringContaining("limits.skillDatabaseBytes is 400000"),
    });
    await other(`vulcan.sqlite.execute_script({ sql = "CREATE TABLE t (b)" })`);
    await engine.close();
  });

  it("calls at once", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { engine, greedy, other } = await world({ skillCalls: 2 }, { hostTool: () => held.then(() => true) });
    const waiting = [1, 2].map(() => greedy(`return vulcan.host.call("t", {}).ok`));
    expect(await failure(greedy("return 1"))).toMatchObject({
      code: "overloaded",
      message: expect.stringContaining("limits.skillCalls"),
      data: { skill: "greedy", limit: "skillCalls", value: 2 },
    });
    expect(await other("return 1")).toEqual([1]);
    release();
    expect(await Promise.all(waiting)).toEqual([[true], [true]]);
    expect(await greedy("return 1")).toEqual([1]);
    await engine.close();
  });
});
