import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { BridgeProcesses } from "../../src/process/bridge/bridge-provider.ts";
import { BridgeConnection, type BridgeSocketClass } from "../../src/process/bridge/connection.ts";
import { MemoryTree } from "../../src/vfs/memory-tree.ts";
import { type RunningBridge, startBridge } from "./raw-bridge.ts";

let folder = "";
let root = "";
let running: RunningBridge;
let link: BridgeConnection;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "bridge-attacks-"));
  root = path.join(folder, "root");
  await mkdir(path.join(root, "sub"), { recursive: true });
  await writeFile(path.join(folder, "secret.txt"), "secret");
  await mkdir(`${root}-next`);
  await writeFile(path.join(`${root}-next`, "secret.txt"), "secret");
  await writeFile(path.join(root, "own.txt"), "own");
  await symlink(path.join(folder, "secret.txt"), path.join(root, "link.txt"));
  await symlink(folder, path.join(root, "up"));
  process.env.BRIDGE_TEST_SECRET = "leaked";
  running = await startBridge({
    native: true,
    roots: [root],
    programs: [
      ...["cat", "env", "head", "ls", "sleep", "true"].map((name) => ({ name })),
      { name: "echo", arguments: ["-{0,2}[a-z]+", "\\d+"] },
    ],
    limits: { outputBytes: 1_000_000, processes: 60, runMs: 20_000 },
  });
  link = await connect();
});
afterAll(async () => {
  link.close();
  await running.bridge.close();
  await rm(folder, { recursive: true, force: true });
  delete process.env.BRIDGE_TEST_SECRET;
});

async function connect(): Promise<BridgeConnection> {
  const { bridge, codes } = running;
  const response = await fetch(`${bridge.url}/v1/pair`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code: codes.at(-1) }),
  });
  const { token } = (await response.json()) as { token: string };
  return new BridgeConnection({ url: bridge.url, token }, () => WebSocket as unknown as BridgeSocketClass);
}

/** What a program wrote, or why it did not run. */
async function run(program: string, args: readonly string[], more: object = {}): Promise<string> {
  try {
    const run = { kind: "program", program, args };
    const outcome = (await link.call("process", "exec", { run, env: {}, cwd: root, ...more })) as {
      stdout?: Uint8Array;
      reason?: string;
    };
    return outcome.stdout ? new TextDecoder().decode(outcome.stdout) : (outcome.reason ?? "");
  } catch (error) {
    return `refused: ${(error as Error).message}`;
  }
}

describe("a program that is not allowed", () => {
  it.each([
    "sh",
    "bash",
    "/bin/sh",
    "./own.txt",
    "../secret.txt",
    "/usr/bin/../bin/sh",
    "cat\u0000sh",
    "",
    "CAT",
    "cat ",
    "__proto__",
    "constructor",
    "python3",
  ])("%j does not run", async (program) => {
    expect(await run(program, [])).toMatch(/^refused: /);
  });

  it("no shell runs either", async () => {
    for (const shell of ["sh", "bash", "zsh", "pwsh", "cmd", "nosuch", "../sh"]) {
      const call = link.call("process", "exec", { run: { kind: "shell", shell, command: "cat /etc/passwd" }, env: {} });
      await expect(call).rejects.toThrow(/does not allow|knows no shell/);
    }
  });
});

describe("a place outside the roots", () => {
  it.each([
    ["an absolute path", "/etc/passwd"],
    ["a path upwards", "../secret.txt"],
    ["a path down and up", "sub/../../secret.txt"],
    ["a link in the root", "link.txt"],
    ["a link to a folder", "up/secret.txt"],
    ["a folder whose name begins like the root's", "../root-next/secret.txt"],
    ["an option with a path", "--file=/etc/passwd"],
    ["a short option with a path", "-f/etc/passwd"],
    ["a short option upwards", "-f../secret.txt"],
    ["a list of paths", "own.txt:/etc/passwd"],
    ["a file of arguments", "@/etc/passwd"],
    ["a new file outside", "/tmp/bridge-attack-new"],
    ["the root of all", "/"],
    ["the process's own", "/proc/self/environ"],
  ])("%s is refused as an argument", async (_, argument) => {
    expect(await run("cat", [argument])).toMatch(/^refused: .*--root/);
  });

  it.each(["/", "/etc", "/tmp", "..", "PARENT", "ROOT/../", "ROOT/up", "ROOT-next", "relative", "ROOT/none"])(
    "%s is refused as a working directory",
    async (cwd) => {
      const place = cwd === "PARENT" ? folder : cwd.replace("ROOT", root);
      expect(await run("ls", [], { cwd: place })).toMatch(/^refused: /);
    },
  );

  it("what lies in a root is there", async () => {
    expect(await run("cat", ["own.txt"])).toBe("own");
    expect(await run("cat", [path.join(root, "sub/../own.txt")])).toBe("own");
  });
});

describe("arguments", () => {
  it.each([["two words"], ["--x=1"], ["$(id)"], ["a;id"], ["a\nb"], ["-e\u0000"]])(
    "%j does not match the patterns of its program",
    async (argument) => {
      expect(await run("echo", ["ok", argument])).toMatch(/^refused: /);
    },
  );

  it("are never read by a shell", async () => {
    expect(await run("ls", ["$(touch pwned)"])).toBe("");
    expect(await run("ls", ["; touch pwned"])).toBe("");
    expect(await readdir(root)).not.toContain("pwned");
    expect(await run("echo", ["ok", "7"])).toBe("ok 7\n");
  });

  it.each([
    [{ run: null }],
    [{ run: { kind: "program", program: 5, args: [] } }],
    [{ run: { kind: "program", program: "cat", args: "x" } }],
    [{ run: { kind: "program", program: "cat", args: [{}] } }],
    [{ run: { kind: "program", program: "cat", args: [] }, env: { A: 5 } }],
    [{ run: { kind: "program", program: "cat", args: [] }, timeoutMs: -1 }],
    [{ run: { kind: "program", program: "cat", args: [] }, stdin: "text" }],
    [[]],
    ["text"],
  ])("of a shape that makes no sense are refused: %j", async (params) => {
    await expect(link.call("process", "exec", params)).rejects.toMatchObject({ code: "invalid_argument" });
  });
});

describe("the environment", () => {
  it("is the inherited list, not the bridge's own", async () => {
    const seen = await run("env", []);
    expect(seen).toContain("PATH=");
    expect(seen).not.toContain("leaked");
    expect(seen).not.toContain("BRIDGE_TEST_SECRET");
  });

  it.each([
    "LD_PRELOAD",
    "LD_LIBRARY_PATH",
    "PATH",
    "BASH_ENV",
    "ENV",
    "NODE_OPTIONS",
    "PYTHONPATH",
    "PERL5LIB",
    "GIT_SSH_COMMAND",
    "IFS",
    "HOME",
    "ld_preload",
    "A=B",
    "",
  ])("%j cannot be set", async (name) => {
    expect(await run("env", [], { env: { [name]: "/tmp/evil" } })).toMatch(/^refused: .*environment variable/);
  });

  it("takes what is harmless, by any name", async () => {
    expect(await run("env", [], { env: JSON.parse('{"__proto__":"x","COLOUR":"blue"}') })).toContain("COLOUR=blue");
  });
});

describe("too much", () => {
  it("100 MB of output end at the limit", async () => {
    expect(await run("head", ["-c", "100000000", "/dev/zero"])).toContain("--root");
    const zeros = path.join(root, "zeros");
    await writeFile(zeros, new Uint8Array(2_000_000));
    expect(await run("cat", [zeros])).toContain("limits.outputBytes");
  });

  it("50 programs at once run, more than allowed are turned away, and the bridge lives", async () => {
    const many = await Promise.all(Array.from({ length: 50 }, () => run("true", [])));
    expect(many.every((answer) => answer === "")).toBe(true);
    const crowd = await Promise.all(Array.from({ length: 70 }, () => run("sleep", ["1"])));
    expect(crowd.filter((answer) => answer.startsWith("refused")).length).toBeGreaterThanOrEqual(10);
    expect(await run("echo", ["ok"])).toBe("ok\n");
  });

  it("sessions of another connection cannot be reached", async () => {
    const programs = new BridgeProcesses(link, {});
    const spec = { program: "cat", args: [], cwd: root, env: {}, bufferLimitBytes: 100 };
    const session = await programs.open(spec, {
      signal: new AbortController().signal,
      files: new MemoryTree(),
      skillId: undefined,
    });
    const stranger = await connect();
    for (const id of [0, 1, 2, -1, 1e9]) {
      await expect(stranger.call("process", "write", { session: id, bytes: new Uint8Array(1) })).rejects.toThrow();
    }
    stranger.close();
    await session.kill();
  });
});
