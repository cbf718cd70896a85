/**
 * The process provider of a sandbox: everything validates, nothing runs (vulcan-api.md §10, "browser").
 * @module
 */
import type { ProcessProvider } from "./interface.ts";
import { plainLaunchers } from "./launchers.ts";

/** Why nothing runs, as skills see it. */
const noProcessReason = "process execution is not supported on this platform";

export const noProcesses: ProcessProvider = {
  kind: "none",
  run: () => ({ kind: "failed", stage: "spawn", reason: noProcessReason }),
  knownLaunchers: plainLaunchers,
  launchers: () => plainLaunchers,
  which: () => undefined,
  open: () => {
    throw new Error(noProcessReason);
  },
  close: () => {},
};
