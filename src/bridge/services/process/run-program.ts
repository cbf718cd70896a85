/**
 * One program from start to end.
 * @module
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { timerMs } from "../../../base/timers.ts";
import type { ProcessOutcome } from "../../../process/interface.ts";
import { osText } from "./os-text.ts";
import { ProcessTree } from "./process-tree.ts";

export interface ProgramStart {
  readonly file: string;
  /** What the program is told it is called. */
  readonly name: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface RunRules {
  readonly stdin?: Uint8Array | undefined;
  /** Milliseconds; undefined waits forever. */
  readonly timeoutMs?: number | undefined;
  /** Of both streams together. */
  readonly maxOutputBytes: number;
  readonly signal: AbortSignal;
}

export function startProgram({ file, name, args, cwd, env }: ProgramStart, tree: ProcessTree) {
  return spawn(file, args, {
    argv0: name,
    cwd,
    env: { ...env, ...tree.environment },
    // A group of its own, which can be ended as a whole.
    detached: process.platform !== "win32",
    windowsHide: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
}

/** Nothing of the program is left when this resolves. */
export function runProgram(start: ProgramStart, rules: RunRules): Promise<ProcessOutcome> {
  const tree = new ProcessTree();
  return new Promise((resolve) => {
    let child: ChildProcessWithoutNullStreams;
    try {
      child = startProgram(start, tree);
    } catch (error) {
      // An argument list too long, for one.
      return resolve({ kind: "failed", stage: "spawn", reason: osText(error) });
    }
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let size = 0;
    let stopped: "time" | "output" | "abort" | undefined;
    const stop = (why: NonNullable<typeof stopped>) => {
      stopped ??= why;
      tree.kill(child.pid);
      // Whatever escaped and holds the pipes must not keep this waiting.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const keep = (list: Buffer[]) => (chunk: Buffer) => {
      size += chunk.length;
      if (size > rules.maxOutputBytes) stop("output");
      else list.push(chunk);
    };
    child.stdout.on("data", keep(stdout));
    child.stderr.on("data", keep(stderr));
    // A program need not read what it is given.
    child.stdin.on("error", () => {});
    child.stdin.end(rules.stdin);

    const timer = rules.timeoutMs === undefined ? undefined : setTimeout(() => stop("time"), timerMs(rules.timeoutMs));
    const abort = () => stop("abort");
    rules.signal.addEventListener("abort", abort);
    if (rules.signal.aborted) abort();
    const finish = (outcome: ProcessOutcome) => {
      clearTimeout(timer);
      rules.signal.removeEventListener("abort", abort);
      resolve(outcome);
    };
    child.on("error", (error) => {
      if (child.pid === undefined) finish({ kind: "failed", stage: "spawn", reason: osText(error) });
    });
    child.on("close", (code) => {
      // What the program left running in the background ends with it.
      tree.kill(child.pid);
      if (stopped === "output") {
        const reason = `more than ${rules.maxOutputBytes} bytes of output (the bridge's limits.outputBytes)`;
        return finish({ kind: "failed", stage: "wait", reason });
      }
      const output = { stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) };
      finish({ kind: "finished", code: stopped === undefined ? code : null, ...output, timedOut: stopped === "time" });
    });
  });
}
