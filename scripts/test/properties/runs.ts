// How many inputs every property is tried on.
import fc from "fast-check";

fc.configureGlobal({ numRuns: Number(process.env.PROPERTY_RUNS ?? 300), verbose: true });
