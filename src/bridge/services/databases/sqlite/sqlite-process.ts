/**
 * The process in which native SQLite runs for one connection. An abort ends it: SQLite takes back what was under way when the
 * next one opens the database.
 * @module
 */
import { type ChildProcess, fork } from "node:child_process";
import { LuaSkillsError } from "../../../../errors.ts";
import type { LuaValue } from "../../../../lua/interface.ts";

export interface SqliteRequest {
  readonly id: number;
  readonly path: string;
  readonly action: string;
  /** JSON. */
  readonly input: string;
}

export type SqliteAnswer =
  | { readonly id: number; readonly value: LuaValue }
  | { readonly id: number; readonly error: string; readonly code: "capability_unavailable" | "bridge_error" };

export interface SqliteSetup {
  readonly koffi: string;
  readonly library?: string | undefined;
  readonly maxCallMs: number;
}

interface Waiting {
  resolve(value: LuaValue): void;
  reject(error: LuaSkillsError): void;
}

const mebibytesOfObjects = 512;

export class SqliteProcess {
  readonly #waiting = new Map<number, Waiting>();
  #child: ChildProcess | undefined;
  #last = 0;
  #closed = false;

  constructor(private readonly setup: () => SqliteSetup) {}

  /** @throws LuaSkillsError with the text Lua sees */
  call(path: string, action: string, input: string, signal: AbortSignal): Promise<LuaValue> {
    signal.throwIfAborted();
    if (this.#closed) throw new LuaSkillsError("bridge_error", "the connection to the bridge has ended");
    this.#child ??= this.#start();
    const child = this.#child;
    const id = ++this.#last;
    return new Promise<LuaValue>((resolve, reject) => {
      const stop = () => child.kill("SIGKILL");
      signal.addEventListener("abort", stop, { once: true });
      const done = () => {
        signal.removeEventListener("abort", stop);
        this.#waiting.delete(id);
      };
      this.#waiting.set(id, {
        resolve: (value) => {
          done();
          resolve(value);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
      const request: SqliteRequest = { id, path, action, input };
      child.send(request);
    });
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.#child?.kill("SIGKILL");
  }

  #start(): ChildProcess {
    const child = fork(
      new URL("../../../../../dist/bridge-sqlite.js", import.meta.url),
      [JSON.stringify(this.setup())],
      {
        serialization: "advanced",
        stdio: ["ignore", "ignore", "ignore", "ipc"],
        execArgv: [`--max-old-space-size=${mebibytesOfObjects}`],
        env: {},
      },
    );
    child.on("message", (message) => this.#hear(message as SqliteAnswer));
    child.on("error", (cause) => this.#ended(child, `it could not be started: ${cause.message}`));
    child.on("exit", (code, signal) => this.#ended(child, `it ended with ${signal ?? `code ${code}`}`));
    return child;
  }

  #hear(answer: SqliteAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    if ("error" in answer) waiting?.reject(new LuaSkillsError(answer.code, answer.error));
    else waiting?.resolve(answer.value);
  }

  #ended(child: ChildProcess, how: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    const error = new LuaSkillsError(
      "bridge_error",
      `the process in which native SQLite runs is gone: ${how}. The next call starts another; what was not committed is taken back`,
    );
    for (const waiting of [...this.#waiting.values()]) waiting.reject(error);
  }
}
