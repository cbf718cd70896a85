/**
 * The process in which native SQLite runs for one connection. An abort ends it: SQLite takes back what was under way when the
 * next one opens the database.
 * @module
 */
import { type ChildProcess, fork } from "node:child_process";
import { LuaSkillsError } from "../../../../errors.ts";
import type { LuaValue } from "../../../../lua/interface.ts";
import { AskedOfChild } from "../../asked-of-child.ts";

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

const mebibytesOfObjects = 512;

export class SqliteProcess {
  readonly #asked = new AskedOfChild<LuaValue>();
  #child: ChildProcess | undefined;
  #closed = false;

  constructor(private readonly setup: () => SqliteSetup) {}

  /** @throws LuaSkillsError with the text Lua sees */
  call(path: string, action: string, input: string, signal: AbortSignal): Promise<LuaValue> {
    signal.throwIfAborted();
    if (this.#closed) throw new LuaSkillsError("bridge_error", "the connection to the bridge has ended");
    this.#child ??= this.#start();
    const child = this.#child;
    return this.#asked.ask(child, signal, (id) => {
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
    if ("error" in answer) this.#asked.refuse(answer.id, new LuaSkillsError(answer.code, answer.error));
    else this.#asked.answer(answer.id, answer.value);
  }

  #ended(child: ChildProcess, how: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#asked.refuseAll(
      new LuaSkillsError(
        "bridge_error",
        `the process in which native SQLite runs is gone: ${how}. The next call starts another; what was not committed is taken back`,
      ),
    );
  }
}
