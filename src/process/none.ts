/**
 * The process provider of a sandbox: everything validates, nothing runs (vulcan-api.md §10, "browser").
 * @module
 */
import type { Launchers, ProcessProvider } from "./interface.ts";

/** Why nothing runs, as skills see it. */
const noProcessReason = "process execution is not supported on this platform";

const launchers: Launchers = { default: "sh", shells: ["sh"] };

export const noProcesses: ProcessProvider = {
  kind: "none",
  run: () => ({ kind: "failed", stage: "spawn", reason: noProcessReason }),
  knownLaunchers: launchers,
  launchers: () => launchers,
  which: () => undefined,
  open: () => {
    throw new Error(noProcessReason);
  },
  close: () => {},
};
