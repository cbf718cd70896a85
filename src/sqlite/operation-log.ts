/**
 * The log lines of database work (databases.md §17). SQL and values are never in them.
 * @module
 */
import type { LogEvent } from "../contract.ts";
import { lastSegment, type SqliteBinding } from "./binding.ts";

export class OperationLog {
  readonly #binding: SqliteBinding;
  readonly #now: () => number;
  readonly #write: (event: LogEvent) => void;

  constructor(binding: SqliteBinding, now: () => number, write: (event: LogEvent) => void) {
    this.#binding = binding;
    this.#now = now;
    this.#write = write;
  }

  /** Runs one operation between its log lines. */
  run<T>(operation: string, extra: string, work: () => T): T {
    if (this.#binding.logLevel === "info") this.#line("info", "info", operation, extra);
    const started = this.#now();
    try {
      const out = work();
      const elapsed = this.#now() - started;
      if (this.#binding.slowLogEnabled && elapsed >= this.#binding.slowLogThresholdMs) {
        this.#line("info", "slow", operation, `elapsed_ms=${Math.floor(elapsed)}${extra === "" ? "" : ` ${extra}`}`);
      }
      return out;
    } catch (error) {
      if (this.#binding.logLevel !== "off") {
        this.#line("warn", "warn", operation, `message=${error instanceof Error ? error.message : String(error)}`);
      }
      throw error;
    }
  }

  #line(level: LogEvent["level"], kind: string, operation: string, extra: string): void {
    const { skillId, skillDir } = this.#binding;
    const tail = extra === "" ? "" : ` ${extra}`;
    this.#write({
      level,
      message: `[Sqlite:${kind}] skill=${skillId} db=${lastSegment(skillDir)} op=${operation}${tail}`,
    });
  }
}
