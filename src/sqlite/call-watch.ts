/**
 * Ends a statement that runs too long: SQLite asks every few thousand steps of its virtual machine.
 * @module
 */
import type { Database } from "./database.ts";
import type { Pointer, SqliteModule } from "./sqlite-api.ts";

const stepsBetweenChecks = 20_000;

export interface CallWatchOptions {
  readonly now: () => number;
  /** Milliseconds of one call; 0 = no limit. */
  readonly maxCallMs: number;
  /** Virtual machine steps of one call; 0 = no limit. */
  readonly maxCallSteps: number;
}

export class CallWatch {
  readonly #options: CallWatchOptions;
  readonly #handler: Pointer;
  #signal: AbortSignal | undefined;
  #deadline = Number.POSITIVE_INFINITY;
  #stepsLeft = Number.POSITIVE_INFINITY;

  constructor(sqlite: SqliteModule, options: CallWatchOptions) {
    this.#options = options;
    this.#handler = sqlite.wasm.installFunction("i(i)", () => (this.#isOver() ? 1 : 0));
  }

  attach(database: Database): void {
    database.exports.sqlite3_progress_handler(database.pointer, stepsBetweenChecks, this.#handler, 0);
  }

  start(signal: AbortSignal): void {
    const { maxCallMs, maxCallSteps, now } = this.#options;
    this.#signal = signal;
    this.#deadline = maxCallMs > 0 ? now() + maxCallMs : Number.POSITIVE_INFINITY;
    this.#stepsLeft = maxCallSteps > 0 ? maxCallSteps : Number.POSITIVE_INFINITY;
  }

  /** Nothing is interrupted outside a skill's call, such as the opening of a database. */
  stop(): void {
    this.#signal = undefined;
    this.#deadline = Number.POSITIVE_INFINITY;
    this.#stepsLeft = Number.POSITIVE_INFINITY;
  }

  #isOver(): boolean {
    this.#stepsLeft -= stepsBetweenChecks;
    return this.#stepsLeft < 0 || this.#options.now() > this.#deadline || this.#signal?.aborted === true;
  }
}
