/**
 * Ends a statement that runs too long: SQLite asks every few thousand steps of its virtual machine.
 * @module
 */
import type { Database } from "../database.ts";
import type { Pointer, SqliteModule } from "../wasm/sqlite-api.ts";

const stepsBetweenChecks = 20_000;

export interface CallWatchOptions {
  readonly now: () => number;
  /** Milliseconds of one call; 0 = no limit. */
  readonly maxCallMs: number;
  /** Virtual machine steps of one call; 0 = no limit. */
  readonly maxCallSteps: number;
  /** Bytes SQLite may hold for all databases together; 0 = no limit. */
  readonly maxMemoryBytes: number;
}

/** On whose behalf a statement runs, and whether that still has time. */
export interface Caller {
  readonly signal: AbortSignal;
  isOver?(): boolean;
}

export class CallWatch {
  readonly #options: CallWatchOptions;
  readonly #handler: Pointer;
  #caller: Caller | undefined;
  #deadline = Number.POSITIVE_INFINITY;
  #stepsLeft = Number.POSITIVE_INFINITY;

  constructor(sqlite: SqliteModule, options: CallWatchOptions) {
    this.#options = options;
    this.#handler = sqlite.wasm.installFunction("i(i)", () => (this.#isOver() ? 1 : 0));
  }

  attach(database: Database): void {
    // Once set it can only be lowered from SQL, so setting it again does nothing.
    const { maxMemoryBytes } = this.#options;
    if (maxMemoryBytes > 0) database.run(`PRAGMA hard_heap_limit = ${Math.floor(maxMemoryBytes)}`);
    database.exports.sqlite3_progress_handler(database.pointer, stepsBetweenChecks, this.#handler, 0);
  }

  start(caller: Caller): void {
    const { maxCallMs, maxCallSteps, now } = this.#options;
    this.#caller = caller;
    this.#deadline = maxCallMs > 0 ? now() + maxCallMs : Number.POSITIVE_INFINITY;
    this.#stepsLeft = maxCallSteps > 0 ? maxCallSteps : Number.POSITIVE_INFINITY;
  }

  /** Nothing is interrupted outside a skill's call, such as the opening of a database. */
  stop(): void {
    this.#caller = undefined;
    this.#deadline = Number.POSITIVE_INFINITY;
    this.#stepsLeft = Number.POSITIVE_INFINITY;
  }

  #isOver(): boolean {
    this.#stepsLeft -= stepsBetweenChecks;
    if (this.#stepsLeft < 0 || this.#options.now() > this.#deadline) return true;
    return this.#caller?.signal.aborted === true || this.#caller?.isOver?.() === true;
  }
}
