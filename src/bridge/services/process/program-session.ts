import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { timerMs } from "../../../base/timers.ts";
import { LuaSkillsError } from "../../../errors.ts";
import type { ProcessSessionStatus } from "../../../process/interface.ts";
import { osText } from "./os-text.ts";
import { OutputBuffer } from "./output-buffer.ts";
import { ProcessTree } from "./process-tree.ts";
import { type ProgramStart, startProgram } from "./run-program.ts";

export interface SessionRead {
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly untilBytes?: Uint8Array;
  readonly signal: AbortSignal;
}

/** A program that is written to and read from while it runs (vulcan-api.md §10.3). */
export class ProgramSession {
  readonly #tree = new ProcessTree();
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #stdout: OutputBuffer;
  readonly #stderr: OutputBuffer;
  readonly #ended: Promise<void>;
  readonly #spawned: Promise<void>;
  #exit: { readonly code: number | null } | undefined;
  /** Woken by output and by the end. */
  #waiting = new Set<() => void>();

  /** @param release called once, when nothing of it runs any more */
  constructor(start: ProgramStart, bufferLimitBytes: number, release: () => void) {
    const child = startProgram(start, this.#tree);
    this.#child = child;
    this.#stdout = new OutputBuffer(bufferLimitBytes);
    this.#stderr = new OutputBuffer(bufferLimitBytes);
    for (const [stream, buffer] of [
      [child.stdout, this.#stdout],
      [child.stderr, this.#stderr],
    ] as const) {
      stream.on("data", (chunk: Buffer) => {
        buffer.push(chunk);
        this.#wake();
      });
    }
    child.stdin.on("error", () => {});
    child.on("exit", (code) => {
      this.#exit = { code };
    });
    this.#spawned = new Promise((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", (error) => reject(new LuaSkillsError("not_found", osText(error))));
    });
    // Whoever opens it waits for it.
    this.#spawned.catch(() => release());
    this.#ended = new Promise((resolve) => {
      child.on("close", (code) => {
        this.#exit ??= { code };
        this.#tree.kill(child.pid);
        release();
        this.#stdout.end();
        this.#stderr.end();
        this.#wake();
        resolve();
      });
    });
  }

  /** Resolves when the program runs. @throws LuaSkillsError with the `<os>` text */
  get spawned(): Promise<void> {
    return this.#spawned;
  }

  get status(): ProcessSessionStatus {
    const exit = this.#exit;
    if (!exit) return { running: true, exited: false, success: null, code: null };
    return { running: false, exited: true, success: exit.code === 0, code: exit.code };
  }

  /** @throws LuaSkillsError with the `<os>` text */
  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.#child.stdin.writable) return reject(new LuaSkillsError("conflict", "Broken pipe (os error 32)"));
      this.#child.stdin.write(bytes, (error) => {
        if (error) reject(new LuaSkillsError("conflict", "Broken pipe (os error 32)"));
        else resolve();
      });
    });
  }

  /** @returns what came, at most `maxBytes` of each stream */
  async read({ timeoutMs, maxBytes, untilBytes, signal }: SessionRead) {
    const timeout = AbortSignal.timeout(timerMs(timeoutMs));
    const over = AbortSignal.any([timeout, signal]);
    while (!this.#ready(untilBytes) && !over.aborted) await this.#change(over);
    const timedOut = !this.#ready(untilBytes);
    return { stdout: this.#stdout.take(maxBytes), stderr: this.#stderr.take(maxBytes), timedOut };
  }

  /** Closes standard input, waits, then kills the whole tree. */
  async close(timeoutMs: number): Promise<ProcessSessionStatus> {
    this.#child.stdin.end();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, timerMs(timeoutMs));
    });
    await Promise.race([this.#ended, late]);
    clearTimeout(timer);
    this.kill();
    await this.#ended;
    return this.status;
  }

  /** Idempotent. */
  kill(): void {
    this.#tree.kill(this.#exit ? undefined : this.#child.pid);
    this.#child.stdin.destroy();
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
  }

  #ready(untilBytes: Uint8Array | undefined): boolean {
    const streams = [this.#stdout, this.#stderr];
    if (streams.every((stream) => stream.ended)) return true;
    return streams.some((stream) => (untilBytes ? stream.includes(untilBytes) : stream.size > 0));
  }

  #change(over: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#waiting.delete(done);
        over.removeEventListener("abort", done);
        resolve();
      };
      this.#waiting.add(done);
      over.addEventListener("abort", done);
    });
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done();
  }
}
