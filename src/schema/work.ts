/**
 * What a validation may take. A schema of a few bytes can ask for work without end, and so can large data.
 * @module
 */
import { charge, type Payer, setPayer } from "../base/work.ts";
import { LuaSkillsError } from "../errors.ts";

/** Budget units of about 10 ns: half a second of ordinary work, where nobody else looks at the clock. */
export const mostWork = 50_000_000;
/** References and members within one another, in schema and data together. */
const deepest = 512;

/** Runs what may take so many units; with `Infinity` the run that pays has limits of its own. */
export function within<T>(most: number, work: () => T): T {
  if (most === Number.POSITIVE_INFINITY) return work();
  const before = setPayer(new Budget(most));
  try {
    return work();
  } finally {
    setPayer(before);
  }
}

class Budget implements Payer {
  #left: number;

  constructor(most: number) {
    this.#left = most;
  }

  get over(): boolean {
    return this.#left < 0;
  }

  charge(units: number): void {
    this.#left -= units;
    if (!this.over) return;
    throw new LuaSkillsError(
      "budget_exceeded",
      "holding data against its schema takes too much work; the data is too large for this schema, or the schema refers to itself again and again",
    );
  }
}

/** What one validation is at. */
export class Work {
  #depth = 0;

  /** @throws LuaSkillsError `budget_exceeded`, and what a run's guard throws */
  spend(units: number): void {
    charge(units);
  }

  /** @throws LuaSkillsError `budget_exceeded` */
  enter(): void {
    this.#depth++;
    if (this.#depth <= deepest) return;
    throw new LuaSkillsError(
      "budget_exceeded",
      `schema and data are nested deeper than ${deepest} levels; a schema may not refer to itself without going into the data`,
    );
  }

  leave(): void {
    this.#depth--;
  }
}
