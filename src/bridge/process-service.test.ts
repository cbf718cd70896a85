import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BridgeProcesses } from "../process/bridge/bridge-provider.ts";
import type { BridgeConnection } from "../process/bridge/connection.ts";
import { connect, startTestBridge, type TestBridge } from "../testing/test-bridge.ts";
import { MemoryTree } from "../vfs/memory-tree.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (words: string) => new TextEncoder().encode(words);

let root = "";
let test: TestBridge;
let link: BridgeConnection;
let programs: BridgeProcesses;
const context = { signal: new AbortController().signal, files: new MemoryTree(), skillId: "probe" };

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "bridge-test-"));
  const names = ["sh", "cat", "printf", "true", "sleep", "env", "pwd"];
  test = await startTestBridge({ roots: [root], programs: names.map((name) => ({ name })) });
  link = await connect(test);
  programs = new BridgeProcesses(link, {});
});
afterEach(async () => {
  link.close();
  await test.bridge.close();
  await rm(root, { recursive: true, force: true });
});

const sh = async (
  command: string,
  more: { timeoutMs?: number; env?: Record<string, string>; stdin?: Uint8Array } = {},
) => {
  const outcome = await programs.run({ run: { kind: "shell", command }, cwd: "/", env: {}, ...more }, context);
  if (outcome.kind === "failed") throw new Error(outcome.reason);
  return { ...outcome, stdout: text(outcome.stdout), stderr: text(outcome.stderr) };
};

describe("programs through the bridge", () => {
  it("runs them with arguments, input, environment and a code", async () => {
    const run = { kind: "program", program: "printf", args: ["[%s]", "a b", "$HOME"] } as const;
    const outcome = await programs.run({ run, cwd: "/", env: {} }, context);
    expect(outcome.kind === "finished" && text(outcome.stdout)).toBe("[a b][$HOME]");
    expect(await sh("cat; echo $CONF_A >&2; exit 3", { stdin: bytes("in"), env: { CONF_A: "x" } })).toMatchObject({
      code: 3,
      stdout: "in",
      stderr: "x\n",
    });
    expect(await sh("printf before; kill -9 $$")).toMatchObject({ code: null, stdout: "before", timedOut: false });
    expect(await programs.launchers()).toEqual({ default: "sh", shells: ["sh"] });
    expect(await programs.which("cat")).toMatch(/\/cat$/);
    expect(await programs.which("ls")).toBeUndefined();
  });

  it("ends the whole tree at the time, at an abort, and with the connection", async () => {
    const mark = `9${Date.now()}`;
    const running = () => sh(`ps -eo args | grep -c "[s]leep ${mark}" || true`).then(({ stdout }) => stdout.trim());
    const timed = await sh(`printf out; (setsid sleep ${mark} &); sleep ${mark}`, { timeoutMs: 400 });
    expect(timed).toMatchObject({ timedOut: true, stdout: "out", code: null });
    expect(await running()).toBe("0");
    const abort = new AbortController();
    const command = { run: { kind: "shell", command: `sleep ${mark} & sleep ${mark}` }, cwd: "/", env: {} } as const;
    const aborted = programs.run(command, { ...context, signal: abort.signal });
    await expect.poll(running).not.toBe("0");
    abort.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
    await expect.poll(running).toBe("0");
    const lost = programs.run(command, context);
    await expect.poll(running).not.toBe("0");
    link.close();
    expect((await lost).kind).toBe("failed");
    link = await connect(test);
    programs = new BridgeProcesses(link, {});
    await expect.poll(running).toBe("0");
  });

  it("leaves nothing behind that a program started in the background", async () => {
    const mark = `8${Date.now()}`;
    await sh(`setsid sleep ${mark} > /dev/null 2>&1 < /dev/null &`);
    expect((await sh(`ps -eo args | grep -c "[s]leep ${mark}" || true`)).stdout.trim()).toBe("0");
  });

  it("keeps a dialogue", async () => {
    const spec = { program: "cat", args: [], cwd: "/", env: {}, bufferLimitBytes: 10 };
    const session = await programs.open(spec, context);
    await session.write(bytes("hello\n"));
    const until = { timeoutMs: 10_000, maxBytes: 100, untilBytes: bytes("o\n") };
    expect(text((await session.read(until)).stdout)).toBe("hello\n");
    expect(await session.read({ timeoutMs: 20, maxBytes: 100 })).toMatchObject({ timedOut: true });
    await session.write(bytes("0123456789abcdef"));
    expect(text((await session.read({ ...until, untilBytes: bytes("f") })).stdout)).toBe("6789abcdef");
    expect(await session.status()).toMatchObject({ running: true });
    expect(await session.close(10_000)).toEqual({ running: false, exited: true, success: true, code: 0 });
    expect(session.writable).toBe(false);
    await expect(programs.open({ ...spec, program: "ls" }, context)).rejects.toThrow("start it with --allow ls");
  });

  it("says why a program does not run", async () => {
    const refused = async (program: string, args: string[] = []) =>
      programs.run({ run: { kind: "program", program, args }, cwd: "/", env: {} }, context);
    expect(await refused("rm")).toEqual({
      kind: "failed",
      stage: "spawn",
      reason: 'the bridge does not allow the program "rm"; start it with --allow rm',
    });
    expect(await refused("cat", ["/etc/passwd"])).toMatchObject({ reason: expect.stringContaining("--root /etc") });
    expect(await sh("cat", { env: { LD_PRELOAD: "x" } }).catch((error) => error.message)).toContain("LD_PRELOAD");
  });
});
