import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { timerMs } from "../../../base/timers.ts";
import { LuaSkillsError } from "../../../errors.ts";
import type { ProcessSessionStatus, SessionBytes, SessionRead } from "../../../process/interface.ts";
import { SessionOutput } from "../../../process/session-output.ts";
import { osText } from "./os-text.ts";
import { ProcessTree } from "./process-tree.ts";
import { type ProgramStart, startProgram } from "./run-program.ts";

/** A program that is written to and read from while it runs (vulcan-api.md §10.3). */
export class ProgramSession {
  readonly #tree = new ProcessTree();
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #output: SessionOutput;
  readonly #ended: Promise<void>;
  readonly #spawned: Promise<void>;
  #exit: { readonly code: number | null } | undefined;

  /** @param release called once, when nothing of it runs any more */
  constructor(start: ProgramStart, bufferLimitBytes: number, release: () => void) {
    const child = startProgram(start, this.#tree);
    this.#child = child;
    this.#output = new SessionOutput(bufferLimitBytes);
    child.stdout.on("data", (chunk: Buffer) => this.#output.push("stdout", chunk));
    child.stderr.on("data", (chunk: Buffer) => this.#output.push("stderr", chunk));
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
        this.#output.end();
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
  read(options: SessionRead, signal: AbortSignal): Promise<SessionBytes> {
    return this.#output.read(options, signal);
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
}
