/**
 * How many random histories a test tries: a few in every run, many and others in `npm run fuzz`.
 * @module
 */

/** Inputs of a property in every run (scripts/test/properties/runs.ts). */
const usual = 300;
const { PROPERTY_RUNS: runs, PROPERTY_SEED: first = "1" } = process.env;

/** The seeds of a test; `few` of them, or as many times more as properties have more inputs. */
export function* seeds(few: number): Generator<number> {
  const count = Math.ceil((few * Number(runs ?? usual)) / usual);
  for (let i = 0; i < count; i++) yield Number(first) + i;
}

/** Milliseconds for all of them. */
export const historyTimeout = runs === undefined ? 120_000 : 3_600_000;
