import type { Limits } from "../limits.ts";

export const defaultStorageName = "luaskills";

/** The limits a store of a browser keeps. */
export type BrowserLimits = Pick<Limits, "vfsBytes" | "residentBytes" | "deadBytes">;
