/**
 * What the bridge costs beside the same from plain Node: starting a program, 10 MB of output, a call of a library, mirrored files.
 * @module
 */
import { execFile, spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import koffi from "koffi";
import { createNodeRuntime } from "../src/platforms/node/node.ts";
import { BridgeProcesses } from "../src/process/bridge/bridge-provider.ts";
import type { ProcessCommand } from "../src/process/interface.ts";
import { connect, pair, startTestBridge, type TestBridge } from "../src/testing/test-bridge.ts";
import { MemoryTree } from "../src/vfs/memory-tree.ts";
import type { BenchFile } from "./harness/harness.ts";

const run = promisify(execFile);
const fileCount = 1_000;
/** Enough that loading the module `ffi` into the VM does not count. */
const calls = 2_000;
const outputBytes = 10 * 2 ** 20;

function newToken(test: TestBridge): Promise<string> {
  test.bridge.renewPairingCode();
  return pair(test);
}

/** A process of its own is what keeps a crash of a library away; this is the least one costs. */
function koffiProcess() {
  const program = `const abs = require("koffi").load(null).func("int abs(int n)");
    process.on("message", (n) => process.send(abs(n)));`;
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  return {
    abs: (n: number) =>
      new Promise((resolve) => {
        child.once("message", resolve);
        child.send(n);
      }),
    close: () => child.kill(),
  };
}

export const benches: BenchFile["benches"] = async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "bridge-bench-"));
  const big = path.join(folder, "big");
  await writeFile(big, new Uint8Array(outputBytes));
  const test = await startTestBridge({
    roots: [folder],
    programs: ["true", "cat"].map((name) => ({ name })),
    libraries: { C: null },
  });
  const link = await connect(test);
  const files = new MemoryTree();
  files.mkdir("/work");
  for (let i = 0; i < fileCount; i++) files.writeFile(`/work/${i}.txt`, new TextEncoder().encode(`file ${i}\n`));
  const context = { signal: new AbortController().signal, files, skillId: undefined };
  const plain = new BridgeProcesses(link, {});
  const mirrored = new BridgeProcesses(link, { mirror: ["/work"] });
  const through = (programs: BridgeProcesses, program: string, args: readonly string[]) => async () => {
    const command: ProcessCommand = { run: { kind: "program", program, args }, cwd: "/", env: {} };
    const outcome = await programs.run(command, context);
    if (outcome.kind === "failed") throw new Error(outcome.reason);
    return 1;
  };
  const native = (program: string, args: readonly string[]) => async () => {
    await run(program, args, { encoding: "buffer", maxBuffer: 2 * outputBytes });
    return 1;
  };
  const source = path.join(folder, "source");
  await mkdir(source);
  for (let i = 0; i < fileCount; i++) await writeFile(path.join(source, `${i}.txt`), `file ${i}\n`);
  const copy = path.join(folder, "copy");
  const runtime = await createNodeRuntime({
    process: { kind: "bridge", url: test.bridge.url, token: await newToken(test) },
  });
  const ffiCalls = async () => {
    await runtime.runLua(
      `local ffi = require("ffi") pcall(ffi.cdef, "int abs(int n);") for i = 1, ${calls} do ffi.C.abs(-i) end`,
    );
    return calls;
  };
  const abs = koffi.load(null).func("int abs(int n)");
  const answered = koffiProcess();
  let round = 0;
  await through(mirrored, "true", [])();
  return {
    list: [
      {
        question: "run `true`",
        subject: { name: "bridge", batch: through(plain, "true", []) },
        reference: { name: "execFile", batch: native("true", []) },
        wanted: 3,
      },
      {
        question: "10 MB of standard output",
        subject: { name: "bridge", batch: through(plain, "cat", [big]) },
        reference: { name: "execFile", batch: native("cat", [big]) },
        wanted: 6,
      },
      {
        question: "call abs of libc from Lua",
        subject: { name: "bridge", batch: ffiCalls },
        reference: {
          name: "koffi in a child process",
          batch: async () => {
            for (let i = 1; i <= calls; i++) await answered.abs(-i);
            return calls;
          },
        },
        wanted: 10,
      },
      {
        question: "call abs of libc from Lua",
        subject: { name: "bridge", batch: ffiCalls },
        reference: {
          name: "koffi in this thread",
          batch: () => {
            for (let i = 1; i <= calls * 100; i++) abs(-i);
            return calls * 100;
          },
        },
      },
      {
        question: "run `true` over 1,000 mirrored files of which 3 changed",
        subject: {
          name: "bridge",
          batch: async () => {
            round += 1;
            for (let i = 0; i < 3; i++) files.writeFile(`/work/${i}.txt`, new TextEncoder().encode(`round ${round}\n`));
            return through(mirrored, "true", [])();
          },
        },
        reference: {
          name: "copy all, execFile",
          batch: async () => {
            await rm(copy, { recursive: true, force: true });
            await cp(source, copy, { recursive: true });
            return native("true", [])();
          },
        },
        wanted: 1,
      },
    ].map((bench) => ({ ...bench, rounds: 9 })),
    close: async () => {
      answered.close();
      await runtime.close();
      link.close();
      await test.bridge.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
