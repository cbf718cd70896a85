/**
 * What a validation may take. A schema of a few bytes can ask for work without end, and so can large data.
 * @module
 */
import { charge } from "../base/work.ts";
import { LuaSkillsError } from "../errors.ts";

/** Budget units of about 10 ns: a second, where nobody else looks at the clock. */
export const mostWork = 100_000_000;
/** References and members within one another, in schema and data together. */
const deepest = 512;

export class Work {
  #left: number;
  #depth = 0;

  /** `Infinity` where a run pays and is stopped by its own limits. */
  constructor(most: number = mostWork) {
    this.#left = most;
  }

  /** @throws LuaSkillsError `budget_exceeded`, and what a run's guard throws */
  spend(units: number): void {
    charge(units);
    this.#left -= units;
    if (this.#left >= 0) return;
    throw new LuaSkillsError(
      "budget_exceeded",
      "holding data against its schema takes too much work; the data is too large for this schema, or the schema refers to itself again and again",
    );
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
