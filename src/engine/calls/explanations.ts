/**
 * What only a failure needs: loaded with the first one (scripts/build/lazy-files).
 * @module
 */
export { explainManagedRuntime } from "./managed-runtimes.ts";
export { entryNotFound } from "./near-names.ts";
export { refusedFailure } from "./refused-failure.ts";
