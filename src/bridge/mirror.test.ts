import { afterEach, describe, expect, it } from "vitest";
import { BridgeProcesses } from "../process/bridge/bridge-provider.ts";
import type { BridgeConnection } from "../process/bridge/connection.ts";
import { connect, startTestBridge, type TestBridge } from "../testing/test-bridge.ts";
import { MemoryTree } from "../vfs/memory-tree.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (words: string) => new TextEncoder().encode(words);

let test: TestBridge;
let link: BridgeConnection;
afterEach(async () => {
  link.close();
  await test.bridge.close();
});

async function world(files: Readonly<Record<string, string>>) {
  test = await startTestBridge({ programs: ["sh", "cat", "touch"].map((name) => ({ name })) });
  link = await connect(test);
  const vfs = new MemoryTree();
  vfs.mkdir("/work", { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    vfs.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    vfs.writeFile(path, bytes(content));
  }
  const programs = new BridgeProcesses(link, { mirror: ["/work"] });
  const context = { signal: new AbortController().signal, files: vfs, skillId: undefined };
  const sh = async (command: string, cwd = "/work", env: Record<string, string> = {}) => {
    const outcome = await programs.run({ run: { kind: "shell", command }, cwd, env }, context);
    if (outcome.kind === "failed") throw new Error(outcome.reason);
    return text(outcome.stdout) + text(outcome.stderr);
  };
  return { vfs, sh, programs, context };
}

describe("mirrored files", () => {
  it("are there for a program, and come back changed", async () => {
    const { vfs, sh } = await world({ "/work/a.txt": "A", "/work/deep/b.txt": "B", "/work/gone.txt": "x" });
    expect(await sh("cat a.txt deep/b.txt; echo new > deep/c.txt; rm gone.txt; mkdir empty; printf AA > a.txt")).toBe(
      "AB",
    );
    expect(text(vfs.readFile("/work/a.txt"))).toBe("AA");
    expect(text(vfs.readFile("/work/deep/c.txt"))).toBe("new\n");
    expect([vfs.stat("/work/gone.txt"), vfs.stat("/work/empty")?.kind]).toEqual([undefined, "dir"]);
    vfs.remove("/work/deep", { recursive: true });
    vfs.writeFile("/work/later.txt", bytes("later"));
    expect(await sh("ls; cat later.txt")).toBe("a.txt\nempty\nlater.txt\nlater");
  });

  it("have one path on both sides", async () => {
    const { sh, programs, context } = await world({ "/work/sub/a.txt": "A" });
    expect(
      await sh("pwd; ls /work/sub; echo $WHERE; echo /workshop; cat /work/none", "/work/sub", {
        WHERE: "/work/sub:/work",
      }),
    ).toBe("/work/sub\na.txt\n/work/sub:/work\n/workshop\ncat: /work/none: No such file or directory\n");
    const run = { kind: "program", program: "cat", args: ["/work/sub/a.txt"] } as const;
    const outcome = await programs.run({ run, cwd: "/elsewhere", env: {} }, context);
    expect(outcome.kind === "finished" && text(outcome.stdout)).toBe("A");
  });

  it("move only when they changed", async () => {
    const { vfs, sh } = await world({ "/work/a.txt": "A", "/work/b.txt": "B" });
    const pushed: unknown[] = [];
    const call = link.call.bind(link);
    link.call = (service, method, params, options) => {
      if (method === "push") pushed.push((params as { files: Array<{ path: string }> }).files.map(({ path }) => path));
      return call(service, method, params, options);
    };
    await sh("true");
    await sh("true");
    vfs.writeFile("/work/b.txt", bytes("B2"));
    expect(await sh("cat b.txt; echo C > c.txt")).toBe("B2");
    await sh("cat c.txt");
    expect(pushed).toEqual([["a.txt", "b.txt"], ["b.txt"]]);
  });

  it("do not lead out: not by their names, not by links a program left", async () => {
    const { sh } = await world({ "/work/a.txt": "A" });
    expect(await sh("ln -s /etc out; ln -s /etc/passwd p; mkdir -p d; echo ok")).toBe("ok\n");
    const { mirror } = (await link.call("files", "open", {})) as { mirror: number };
    for (const path of ["../x", "/etc/x", "a/../../x", "", ".", "a//b", "..\\x"]) {
      const push = { mirror, folders: [], deletes: [], files: [{ path, bytes: bytes("x") }] };
      await expect(link.call("files", "push", push)).rejects.toMatchObject({ code: "permission_denied" });
      const remove = { mirror, folders: [], deletes: [path], files: [] };
      await expect(link.call("files", "push", remove)).rejects.toMatchObject({ code: "permission_denied" });
    }
    const through = { mirror: 1, folders: [], deletes: [], files: [{ path: "out/x", bytes: bytes("x") }] };
    await expect(link.call("files", "push", through)).rejects.toMatchObject({ code: "permission_denied" });
    await expect(link.call("files", "pull", { mirror: 99 })).rejects.toMatchObject({ code: "not_found" });
  });
});
