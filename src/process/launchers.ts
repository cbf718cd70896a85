import type { Launchers } from "./interface.ts";

/** Where nothing is known of a machine's shells. */
export const plainLaunchers: Launchers = { default: "sh", shells: ["sh"] };

/** Of the embedded shell, known before it is loaded. */
export const shellLaunchers: Launchers = { default: "sh", shells: ["sh", "bash"] };
