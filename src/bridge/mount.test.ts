import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { BridgeMount, Runtime } from "../contract/contract.ts";
import { createNodeRuntime } from "../platforms/node/node.ts";
import { connect, pair, startTestBridge, type TestBridge } from "../testing/test-bridge.ts";
import type { StoredToken, TokenStore } from "./pairing.ts";
import type { BridgeServerOptions } from "./server.ts";

let real: string;
let test: TestBridge;
let stored: readonly StoredToken[] = [];
const kept: TokenStore = {
  load: () => stored,
  save: (tokens) => {
    stored = tokens;
  },
};
let runtime: Runtime | undefined;
const at = (name: string) => path.join(real, name);
const read = (name: string) => readFileSync(at(name), "utf8");

beforeEach(() => {
  real = mkdtempSync(path.join(tmpdir(), "mount-"));
  mkdirSync(at("src"));
  writeFileSync(at("src/a.txt"), "A");
  writeFileSync(at("top.txt"), "top");
});
afterEach(async () => {
  await runtime?.close();
  runtime = undefined;
  await test.bridge.close();
  rmSync(real, { recursive: true, force: true });
});

async function mounted(mount: Partial<BridgeMount> = {}, bridge: BridgeServerOptions = {}): Promise<Runtime> {
  test = await startTestBridge({
    mounts: [{ path: real, access: "read-write" }],
    roots: [real],
    programs: ["sh", "cat"].map((name) => ({ name })),
    tokens: kept,
    ...bridge,
  });
  const token = await pair(test);
  runtime = await createNodeRuntime({
    process: {
      kind: "bridge",
      url: test.bridge.url,
      token,
      mount: { "/project": { directory: real, access: "read-write", ...mount } },
    },
  });
  return runtime;
}

describe("a mounted directory", () => {
  it("is read at the start, and has what skills wrote when their call is over", async () => {
    const own = await mounted();
    const listed = await own.runLua(`
      local a = vulcan.fs.read("/project/src/a.txt")
      vulcan.fs.write("/project/src/b.txt", a .. "B")
      vulcan.fs.write("/project/top.txt", "changed")
      vulcan.fs.mkdir("/project/new")
      vulcan.fs.mkdir("/project/new/deep")
      vulcan.fs.remove("/project/src/a.txt")
      return a`);
    expect(listed).toBe("A");
    expect([read("src/b.txt"), read("top.txt"), existsSync(at("new/deep")), existsSync(at("src/a.txt"))]).toEqual([
      "AB",
      "changed",
      true,
      false,
    ]);
  });

  it("is the place programs work in, under one path", async () => {
    const own = await mounted();
    const text = await own.runLua(`
      vulcan.fs.write("/project/in.txt", "from Lua")
      local done = vulcan.process.exec({ program = "sh", args = { "-c", "cat in.txt; pwd; echo out > made.txt; rm top.txt" }, cwd = "/project" })
      return done.stdout .. vulcan.fs.read("/project/made.txt") .. tostring(vulcan.fs.exists("/project/top.txt"))`);
    expect(text).toBe("from Lua/project\nout\nfalse");
  });

  it("shows what others change", async () => {
    const { fs } = await mounted();
    writeFileSync(at("src/a.txt"), "changed outside");
    rmSync(at("top.txt"));
    await vi.waitFor(async () => expect(await fs.readText("/project/src/a.txt")).toBe("changed outside"), 30_000);
    expect(await fs.stat("/project/top.txt").catch(() => undefined)).toBe(undefined);
  });

  it("leaves out what is excluded, and links", async () => {
    mkdirSync(at("node_modules/x"), { recursive: true });
    writeFileSync(at("node_modules/x/big.js"), "big");
    symlinkSync("/etc/passwd", at("link"));
    const own = await mounted({ exclude: ["node_modules"] });
    expect(await own.runLua("return table.concat(vulcan.fs.list('/project'), ' ')")).toBe("src top.txt");
    // The file is there for Lua; the link of the machine is not written through, and nothing else is kept back by it.
    const write = "vulcan.fs.write('/project/link', 'x') vulcan.fs.write('/project/beside.txt', 'y')";
    await expect(own.runLua(write)).rejects.toThrow(/"link" leads out/);
    expect(read("beside.txt")).toBe("y");
    expect(await own.runLua("return 1")).toBe(1);
  });

  it("cannot be written when it is read-only", async () => {
    const own = await mounted({ access: "read-only" }, { mounts: [{ path: real, access: "read-only" }] });
    expect(await own.runLua("return select(2, pcall(vulcan.fs.write, '/project/top.txt', 'x'))")).toMatch(
      /Read-only file system/,
    );
    expect(read("top.txt")).toBe("top");
  });
});

describe("what a bridge does not allow to be mounted", () => {
  it("is refused with the flag that would allow it", async () => {
    await expect(mounted({}, { mounts: [] })).rejects.toThrow(`start it with --mount-rw ${real}`);
    await test.bridge.close();
    await expect(mounted({}, { mounts: [{ path: real, access: "read-only" }] })).rejects.toThrow("--mount-rw");
    await test.bridge.close();
    symlinkSync("/etc", at("out"));
    for (const directory of ["/etc", at("out"), `${real}/../..`, `${real}-beside`]) {
      await expect(mounted({ directory, access: "read-only" })).rejects.toMatchObject({ code: "permission_denied" });
      await test.bridge.close();
    }
  });

  it("stays so for a page that writes past its own runtime", async () => {
    test = await startTestBridge({ mounts: [{ path: real, access: "read-only" }] });
    const link = await connect(test);
    const open = { directory: real, access: "read-only", exclude: [] };
    const { mirror } = (await link.call("files", "mount", open)) as { mirror: number };
    const file = { path: "top.txt", bytes: new Uint8Array(1) };
    const push = { mirror, folders: [], deletes: ["src"], files: [file] };
    await expect(link.call("files", "push", push)).rejects.toMatchObject({ code: "permission_denied" });
    expect(readdirSync(real)).toEqual(["src", "top.txt"]);
    link.close();
  });
});

describe("a lost connection", () => {
  it("loses nothing: what changed on either side meanwhile is on both", async () => {
    const own = await mounted();
    const { port } = test.bridge;
    await own.runLua("return 1");
    await test.bridge.close();
    writeFileSync(at("src/a.txt"), "changed outside");
    writeFileSync(at("added.txt"), "added outside");
    rmSync(at("top.txt"));
    await expect(own.runLua("vulcan.fs.write('/project/mine.txt', 'mine')")).rejects.toMatchObject({
      code: "bridge_error",
    });
    test = await startTestBridge({ port, tokens: kept, mounts: [{ path: real, access: "read-write" }] });
    await own.runLua("return 1");
    expect(read("mine.txt")).toBe("mine");
    expect([read("src/a.txt"), existsSync(at("top.txt"))]).toEqual(["changed outside", false]);
    expect(
      await own.runLua("return vulcan.fs.read('/project/added.txt') .. vulcan.fs.read('/project/src/a.txt')"),
    ).toBe("added outsidechanged outside");
  });
});
