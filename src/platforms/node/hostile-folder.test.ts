/** What a skill may do to the folder that the engine works in. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Runtime } from "../../contract/contract.ts";
import { lockFileName } from "../../vfs/backends/directory-lock.ts";
import { lockDirectory, openDirectoryStore } from "../../vfs/backends/directory-store.ts";
import { superviseNodeRuntime } from "./node.ts";

let folder: string;
let runtime: Runtime | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "luaskills-hostile-"));
  mkdirSync(join(folder, "skills", "asks", "runtime"), { recursive: true });
  const entry = "{ name: run, lua_entry: runtime/run.lua, lua_module: asks.run }";
  writeFileSync(
    join(folder, "skills", "asks", "skill.yaml"),
    `name: asks\nversion: 1.0.0\nsqlite: { enable: true }\nentries:\n  - ${entry}\n`,
  );
  const source = "return function(args) return tostring(select(2, pcall(load(args.code)))) end";
  writeFileSync(join(folder, "skills", "asks", "runtime", "run.lua"), source);
});
afterEach(async () => {
  await runtime?.close().catch(() => {});
  runtime = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const storage = () => ({ kind: "directory" as const, path: folder });
async function start(more: object = {}): Promise<Runtime> {
  ({ runtime } = await superviseNodeRuntime({ storage: storage(), ...more }));
  return runtime;
}
const run = async (code: string, timeoutMs = 60_000) =>
  (await runtime?.call("asks-run", { code }, { timeoutMs }))?.content;

// As natively: with nothing between the skill and the folder but what is the engine's own.
const shared = { isolation: "shared" } as const;

describe("the lock", () => {
  it("is not there for Lua, whatever it tries", async () => {
    await start(shared);
    const at = `/runtime/${lockFileName}`;
    expect(await run(`return vulcan.fs.exists("${at}")`)).toBe("false");
    for (const code of [
      `vulcan.fs.remove("${at}")`,
      `vulcan.fs.rename("${at}", "/runtime/x")`,
      `vulcan.fs.write("${at}", "")`,
      `io.open("${at}", "w")`,
      `vulcan.fs.copy("/runtime/skills/asks/skill.yaml", "${at}", { overwrite = true })`,
    ]) {
      await run(`${code} return "tried"`);
      expect(readFileSync(join(folder, lockFileName), "utf8"), code).toContain(String(process.pid));
    }
    await expect(superviseNodeRuntime({ storage: storage() })).rejects.toMatchObject({ code: "storage_in_use" });
  });

  it("that somebody replaced is not trusted: nothing is acknowledged any more", async () => {
    const mine = await start(shared);
    rmSync(join(folder, lockFileName));
    await expect(mine.fs.write("/runtime/x", "y")).rejects.toMatchObject({ code: "storage_in_use" });
  });
});

it("a lock that another thread holds is looked at, too", async () => {
  const lock = await lockDirectory(folder);
  const store = await openDirectoryStore(folder, { lockHeld: true });
  const write = () => store.fs.writeFile("/runtime/x", new Uint8Array(1));
  write();
  expect(store.dirty).toBe(true);
  await store.commit();
  expect(store.dirty).toBe(false);
  write();
  rmSync(join(folder, lockFileName));
  writeFileSync(join(folder, lockFileName), "{}");
  await expect(store.commit()).rejects.toMatchObject({ code: "storage_in_use" });
  expect(store.dirty).toBe(true);
  await lock.release();
});

it.each([
  ["written", `local f = io.open("/runtime/q", "w") local s = ("x"):rep(2^20) for i = 1, 16 do assert(f:write(s)) end`],
  ["a hole", `local f = io.open("/runtime/q", "w") f:seek("set", 2^33) assert(f:write("x")) assert(f:flush())`],
  [
    "removed and still written",
    `local f = io.open("/runtime/q", "w") os.remove("/runtime/q") local s = ("x"):rep(2^20) for i = 1, 16 do assert(f:write(s)) end`,
  ],
])("limits.vfsBytes holds in a folder: %s", async (_, code) => {
  await start({ ...shared, limits: { vfsBytes: 2 ** 21 } });
  expect(await run(code)).toMatch(/No space left|File too large|vfsBytes/);
  const file = join(folder, "q");
  expect(existsSync(file) ? statSync(file).size : 0).toBeLessThanOrEqual(2 ** 21);
});

it("a stop closes the files of its Lua state", async () => {
  await start(shared);
  const open = () => readdirSync("/dev/fd").length;
  const before = open();
  const code = `t = {} for i = 1, 100 do t[i] = io.open("/runtime/x" .. i, "w") end t[1]:write("x") while true do end`;
  for (let i = 0; i < 3; i++) {
    await expect(run(code, 300)).rejects.toMatchObject({ code: "deadline_exceeded" });
  }
  expect(open() - before).toBeLessThan(20);
});

it.each(["state", "config", "skills"])(
  "a file where the folder %s belongs costs no start, and is told",
  async (name) => {
    await (await start()).close();
    rmSync(join(folder, name), { recursive: true, force: true });
    writeFileSync(join(folder, name), "planted");
    const again = await start();
    expect(await again.runLua("return 1 + 1")).toBe(2);
    if (name !== "config") {
      const told = again.problems().map(({ message }) => message);
      expect(told).toEqual([expect.stringContaining(`/runtime/${name}`)]);
      await expect(run("return 'here'")).rejects.toMatchObject({ code: "entry_not_found" });
    }
    await again.fs.remove(`/runtime/${name}`);
    if (name === "skills") return;
    await again.skills.reload();
    expect(await run("return 'here'")).toBe("here");
  },
);
