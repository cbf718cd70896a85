import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MemoryTree } from "../../../vfs/memory-tree.ts";
import { EmbeddedShell } from "../embedded-shell.ts";

const files: Readonly<Record<string, string>> = {
  "a.txt": "one\ntwo\nthree\nfour\nfive\n",
  "b.txt": "one\n2\nthree\nfour\nsix\nseven\n",
  "c.txt": "zero\none\ntwo\nthree\nfive",
  "same.txt": "one\ntwo\nthree\nfour\nfive\n",
  "empty.txt": "",
  "bytes.txt": "Hello world, this is é and \u0001 more than one line of it\n",
};

let folder = "";
let shell: EmbeddedShell;
const tree = new MemoryTree();
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "text-tools-"));
  tree.mkdir("/work");
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(path.join(folder, name), text);
    tree.writeFile(`/work/${name}`, new TextEncoder().encode(text));
  }
  shell = await EmbeddedShell.load({
    machine: { os: "linux", arch: "wasm32" },
    maxOutputBytes: 10_000_000,
    temp: undefined,
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function here(command: string) {
  const context = { signal: new AbortController().signal, files: tree, skillId: undefined };
  const outcome = await shell.run({ run: { kind: "shell", command }, cwd: "/work", env: {} }, context);
  if (outcome.kind === "failed") throw new Error(outcome.reason);
  return { code: outcome.code, stdout: Buffer.from(outcome.stdout).toString("latin1") };
}

/** The programs of this machine (diffutils, and dumps as xxd writes them). */
function there(command: string) {
  const { status, stdout } = spawnSync("sh", ["-c", command], {
    cwd: folder,
    encoding: "latin1",
    env: { ...process.env, LC_ALL: "C" },
  });
  return { code: status, stdout };
}

describe("diff without a format", () => {
  it.each([
    "diff a.txt b.txt",
    "diff b.txt a.txt",
    "diff a.txt c.txt",
    "diff c.txt a.txt",
    "diff a.txt same.txt",
    "diff empty.txt a.txt",
    "diff a.txt empty.txt",
    "diff -i a.txt b.txt",
    "cat b.txt | diff a.txt -",
    "diff -q a.txt b.txt",
    "diff -u a.txt b.txt | tail -n +3",
  ])("%s writes what the system's does", async (command) => {
    expect(await here(command)).toEqual(there(command));
  });
});

describe("yes and id", () => {
  it("yes ends when enough is read, and by itself", async () => {
    expect(await here("yes | head -3")).toEqual({ code: 0, stdout: "y\ny\ny\n" });
    expect(await here("yes no more | head -2")).toEqual({ code: 0, stdout: "no more\nno more\n" });
    expect((await here("yes | wc -c")).stdout.trim()).toBe(String(2 ** 20));
  });

  it.each([
    ["id", "uid=1000(user) gid=1000(user) groups=1000(user)\n"],
    ["id -u", "1000\n"],
    ["id -un; id -gn; id -Gn", "user\nuser\nuser\n"],
    ["test $(id -u) -eq 0 || echo no root", "no root\n"],
  ])("%s", async (command, stdout) => {
    expect(await here(command)).toEqual({ code: 0, stdout });
  });
});

describe("xxd", () => {
  // As xxd 2022-01-14 writes them.
  it.each([
    [
      "xxd bytes.txt",
      "00000000: 4865 6c6c 6f20 776f 726c 642c 2074 6869  Hello world, thi\n00000010: 7320 6973 20c3 a920 616e 6420 0120 6d6f  s is .. and . mo\n00000020: 7265 2074 6861 6e20 6f6e 6520 6c69 6e65  re than one line\n00000030: 206f 6620 6974 0a                         of it.\n",
    ],
    ["xxd -p -l 4 bytes.txt", "48656c6c\n"],
    ["xxd -u -g 1 -c 8 -s 2 -l 5 bytes.txt", "00000002: 6C 6C 6F 20 77           llo w\n"],
    ["printf 'é' | xxd -p | xxd -r -p", "Ã©"],
    ["xxd bytes.txt | xxd -r | diff - bytes.txt && echo same", "same\n"],
    ["printf '0041 4243: no dump' | xxd -r -p", "\0ABC"],
  ])("%s", async (command, stdout) => {
    expect((await here(command)).stdout).toBe(stdout);
  });
});
