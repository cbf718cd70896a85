/**
 * The embedded shell: what our files and our care cost beside just-bash on its own files, and how far it is from the real rg.
 * @module
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Bash } from "just-bash/browser";
import { EmbeddedShell } from "../src/process/shell/embedded-shell.ts";
import { MemoryTree } from "../src/vfs/memory-tree.ts";
import type { Bench, BenchFile } from "./harness/harness.ts";

const folders = 50;
const filesEach = 100;
const rounds = 5;

export const benches: BenchFile["benches"] = async () => {
  const real = mkdtempSync(path.join(tmpdir(), "shell-bench-"));
  const tree = new MemoryTree();
  const own: Record<string, string> = {};
  for (let folder = 0; folder < folders; folder++) {
    tree.mkdir(`/work/${folder}`, { recursive: true });
    mkdirSync(path.join(real, String(folder)));
    for (let file = 0; file < filesEach; file++) {
      const text = `line one\nvalue ${file % 10 === 0 ? "needle" : "hay"} ${folder}\nline three\n`;
      tree.writeFile(`/work/${folder}/${file}.txt`, new TextEncoder().encode(text));
      own[`/work/${folder}/${file}.txt`] = text;
      writeFileSync(path.join(real, String(folder), `${file}.txt`), text);
    }
  }
  const machine = { os: "linux", arch: "wasm32" };
  const shell = await EmbeddedShell.load({ machine, maxOutputBytes: 64 * 2 ** 20, temp: undefined });
  const bash = new Bash({ files: own, cwd: "/work", defenseInDepth: false });
  const context = { signal: new AbortController().signal, files: tree, skillId: undefined };
  const command = "rg -c needle . | wc -l";
  const wanted = String((folders * filesEach) / 10);
  const check = (out: string) => {
    if (out.trim() !== wanted) throw new Error(`${command} found ${out.trim()}, not ${wanted}`);
    return 1;
  };
  const subject = {
    name: "embedded shell",
    batch: async () => {
      const outcome = await shell.run({ run: { kind: "shell", command }, cwd: "/work", env: {} }, context);
      return check(outcome.kind === "finished" ? new TextDecoder().decode(outcome.stdout) : outcome.reason);
    },
  };
  const list: Bench[] = [
    {
      question: "rg over 5,000 files",
      subject,
      reference: { name: "just-bash, own files", batch: async () => check((await bash.exec(command)).stdout) },
      wanted: 1.5,
      rounds,
    },
  ];
  if (hasRipgrep()) {
    const batch = () => check(execFileSync("sh", ["-c", command], { cwd: real, encoding: "utf8" }));
    list.push({ question: "rg over 5,000 files", subject, reference: { name: "the real rg", batch }, rounds });
  }
  return { list, close: () => rmSync(real, { recursive: true, force: true }) };
};

function hasRipgrep(): boolean {
  try {
    execFileSync("rg", ["--version"]);
    return true;
  } catch {
    return false;
  }
}
