// How many inputs every property is tried on, and from which seed they come; a failure prints its own.
import fc from "fast-check";

const seed = process.env.PROPERTY_SEED;
fc.configureGlobal({
  numRuns: Number(process.env.PROPERTY_RUNS ?? 300),
  verbose: true,
  ...(seed === undefined ? {} : { seed: Number(seed) }),
});
