/**
 * Ends a statement that runs too long: SQLite asks every few thousand steps of its virtual machine.
 * @module
 */
import { type Payer, setPayer } from "../../base/work.ts";
import type { Database } from "../database.ts";
import type { Pointer, SqliteFunctions } from "../wasm/sqlite-api.ts";

/** Milliseconds over the limit in which SQLite may still end by itself: unharmed, between two of its steps. */
const graceMs = 5;
const stepsBetweenChecks = 20_000;
/** What a step costs: where no clock runs, a budget is all that ends a query. */
const unitsPerStep = 4;
/** SQLITE_LIMIT_LENGTH, and what SQLite was compiled for. */
const lengthLimit = 0;
const longestValue = 1_000_000_000;

export interface ProgressWatchOptions {
  readonly now: () => number;
  /** Milliseconds of one call; 0 = no limit. */
  readonly maxCallMs: number;
  /** Virtual machine steps of one call; 0 = no limit. */
  readonly maxCallSteps: number;
  /** Bytes SQLite may hold for all databases together; 0 = no limit. */
  readonly maxMemoryBytes: number;
  /** Bytes of one string, blob or row, which one step of SQLite may copy; 0 = SQLite's own limit. */
  readonly maxValueBytes: number;
}

/** On whose behalf a statement runs, and whether that still has time. */
export interface Caller {
  readonly signal: AbortSignal;
  isOver?(): boolean;
  readonly payer?: Payer;
}

export class ProgressWatch {
  readonly #options: ProgressWatchOptions;
  readonly #handler: Pointer;
  #caller: Caller | undefined;
  #deadline = Number.POSITIVE_INFINITY;
  #stepsLeft = Number.POSITIVE_INFINITY;
  /** When its time was found to be over. */
  #overSince = Number.POSITIVE_INFINITY;
  #payer: Payer | undefined;

  constructor(functions: SqliteFunctions, options: ProgressWatchOptions) {
    this.#options = options;
    this.#handler = functions.installFunction("i(p)", () => (this.#isOver() ? 1 : 0));
    const { work_handler: handler } = functions.exports;
    // Absent in a module as SQLite publishes it: there the steps have to do.
    if (handler !== undefined) handler.value = functions.installFunction("v(i)", () => this.#work());
  }

  attach(database: Database): void {
    // Once set it can only be lowered from SQL, so setting it again does nothing.
    const { maxMemoryBytes, maxValueBytes } = this.#options;
    if (maxMemoryBytes > 0) database.run(`PRAGMA hard_heap_limit = ${Math.floor(maxMemoryBytes)}`);
    if (maxValueBytes > 0) {
      database.exports.sqlite3_limit(database.pointer, lengthLimit, Math.min(maxValueBytes, longestValue));
    }
    database.exports.sqlite3_progress_handler(database.pointer, stepsBetweenChecks, this.#handler, 0);
  }

  start(caller: Caller): void {
    const { maxCallMs, maxCallSteps, now } = this.#options;
    this.#caller = caller;
    this.#overSince = Number.POSITIVE_INFINITY;
    this.#payer = setPayer(caller.payer);
    this.#deadline = maxCallMs > 0 ? now() + maxCallMs : Number.POSITIVE_INFINITY;
    this.#stepsLeft = maxCallSteps > 0 ? maxCallSteps : Number.POSITIVE_INFINITY;
  }

  /** Nothing is interrupted outside a skill's call, such as the opening of a database. */
  stop(): void {
    if (this.#caller !== undefined) setPayer(this.#payer);
    this.#caller = undefined;
    this.#deadline = Number.POSITIVE_INFINITY;
    this.#stepsLeft = Number.POSITIVE_INFINITY;
  }

  /**
   * Within one step (scripts/build/sqlite-meter.ts). SQLite cannot be asked to stop there, so the exception goes through
   * it: what is left of the instance is thrown away, and the files are as after a crash.
   * @throws WebAssembly.RuntimeError
   */
  #work(): undefined {
    if (this.#caller === undefined) return;
    if (
      this.#caller.signal.aborted !== true &&
      this.#caller.isOver?.() !== true &&
      this.#options.now() <= this.#deadline
    ) {
      return;
    }
    const now = performance.now();
    this.#overSince = Math.min(this.#overSince, now);
    if (now >= this.#overSince + graceMs) throw new WebAssembly.RuntimeError("interrupted");
  }

  #isOver(): boolean {
    this.#stepsLeft -= stepsBetweenChecks;
    if (this.#stepsLeft < 0 || this.#options.now() > this.#deadline || !this.#paid()) return true;
    return this.#caller?.signal.aborted === true || this.#caller?.isOver?.() === true;
  }

  /** False once the run is over its limits. SQLite is told to stop then, and nothing is thrown through it. */
  #paid(): boolean {
    try {
      this.#caller?.payer?.charge(stepsBetweenChecks * unitsPerStep);
      return true;
    } catch {
      return false;
    }
  }
}
