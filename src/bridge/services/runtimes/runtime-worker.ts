/**
 * A child process that calls handlers of one package, one at a time. What it loaded it keeps: later calls are quick.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { timerMs } from "../../../base/timers.ts";
import { osText } from "../process/os-text.ts";
import { ProcessTree } from "../process/process-tree.ts";
import type { RuntimeKind } from "./runtime-request.ts";
import nodeSource from "./worker.mjs?raw";
import pythonSource from "./worker.py?raw";

export interface WorkerAnswer {
  readonly ok: boolean;
  readonly value?: unknown;
  readonly error?: string;
  readonly trace?: string;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it is not the handler that answers. */
  readonly status?: "timeout" | "exited" | "output_limit" | "aborted";
}

export interface CallRules {
  readonly timeoutMs: number | undefined;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

const startArguments: Readonly<Record<RuntimeKind, readonly string[]>> = {
  node: ["--input-type=module", "-e", nodeSource],
  // Unbuffered, and without the user's own packages.
  python: ["-s", "-u", "-c", pythonSource],
};

export class RuntimeWorker {
  readonly #tree = new ProcessTree();
  readonly #child: ChildProcess;
  readonly #answers: Readable;
  #ended: string | undefined;
  /** What the answer so far is made of, and who waits for it. */
  #text: Buffer[] = [];
  #size = 0;
  #waiting: ((answer: WorkerAnswer) => void) | undefined;
  #maxBytes = 0;

  constructor(kind: RuntimeKind, executable: string, cwd: string, env: Readonly<Record<string, string>>) {
    this.#child = spawn(executable, startArguments[kind], {
      cwd,
      env: { ...env, ...this.#tree.environment },
      detached: process.platform !== "win32",
      windowsHide: true,
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    });
    this.#answers = this.#child.stdio[4] as Readable;
    this.#answers.on("data", (chunk: Buffer) => this.#hear(chunk));
    // A child that went away is told of by its exit.
    for (const pipe of this.#child.stdio) pipe?.on("error", () => {});
    this.#child.on("error", (error) => this.#end(`it could not be started: ${osText(error)}`));
    this.#child.on("exit", (code, signal) => this.#end(`it ended with ${signal ?? `code ${code}`}`));
  }

  /** Whether it can take a call. */
  get usable(): boolean {
    return this.#ended === undefined && this.#waiting === undefined;
  }

  /** Whatever stops a call ends the worker: nothing else stops a handler. */
  call(request: object, { timeoutMs, maxBytes, signal }: CallRules): Promise<WorkerAnswer> {
    if (this.#ended !== undefined) return Promise.resolve(failed("exited", this.#ended));
    this.#maxBytes = maxBytes;
    return new Promise((resolve) => {
      const stop = (status: WorkerAnswer["status"], error: string) => {
        this.#settle(failed(status, error));
        this.close();
      };
      const abort = () => stop("aborted", "the call was aborted");
      const timer =
        timeoutMs === undefined
          ? undefined
          : setTimeout(() => stop("timeout", `the handler took more than ${timeoutMs} ms`), timerMs(timeoutMs));
      this.#waiting = (answer) => {
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
        resolve(answer);
      };
      signal.addEventListener("abort", abort);
      if (signal.aborted) return abort();
      (this.#child.stdio[3] as Writable).write(`${JSON.stringify(request)}\n`);
    });
  }

  /** With everything it started. Idempotent. */
  close(): void {
    this.#end("it was ended");
    this.#tree.kill(this.#child.pid);
  }

  #hear(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > this.#maxBytes) {
      this.#settle(
        failed(
          "output_limit",
          `the handler answered more than ${this.#maxBytes} bytes (the bridge's limits.outputBytes)`,
        ),
      );
      this.close();
      return;
    }
    this.#text.push(chunk);
    if (!chunk.includes(0x0a)) return;
    const [line = ""] = Buffer.concat(this.#text).toString("utf8").split("\n", 1);
    this.#text = [];
    this.#size = 0;
    try {
      this.#settle(JSON.parse(line) as WorkerAnswer);
    } catch {
      this.#settle(failed("exited", "the answer of the handler is no JSON"));
      this.close();
    }
  }

  #settle(answer: WorkerAnswer): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(answer);
  }

  #end(how: string): void {
    this.#ended ??= how;
    this.#settle(failed("exited", `the process of the handler is gone: ${how}`));
  }
}

function failed(status: WorkerAnswer["status"], error: string): WorkerAnswer {
  return { ok: false, error, stdout: "", stderr: "", ...(status === undefined ? {} : { status }) };
}
