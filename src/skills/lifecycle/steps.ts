/**
 * Every step of a lifecycle operation at which it may be cut off. Tests terminate at each of them; after a restart the old
 * or the new version must be whole.
 * @module
 */

export const installSteps = [
  "journal-written",
  "source-resolved",
  "archive-downloaded",
  "package-extracted",
  "package-checked",
  "package-staged",
  "runtime-reloaded",
  "record-written",
  "change-committed",
  "change-durable",
  "leftovers-removed",
] as const;

export const updateSteps = [
  "journal-written",
  "source-resolved",
  "archive-downloaded",
  "package-extracted",
  "package-checked",
  "package-backed-up",
  "package-staged",
  "runtime-reloaded",
  "record-written",
  "change-committed",
  "change-durable",
  "leftovers-removed",
  "stale-dependencies-removed",
] as const;

export const uninstallSteps = [
  "journal-written",
  "package-moved-away",
  "runtime-reloaded",
  "state-files-removed",
  "change-committed",
  "change-durable",
  "leftovers-removed",
  "dependencies-removed",
  "databases-removed",
] as const;

export const toggleSteps = ["marker-changed", "runtime-reloaded"] as const;

export type LifecycleStep =
  | (typeof installSteps)[number]
  | (typeof updateSteps)[number]
  | (typeof uninstallSteps)[number]
  | (typeof toggleSteps)[number];
