import { lazily } from "../../base/lazily.ts";

/** What calls entries: fetched with the first skill, and at hand from then on. */
export const entryCalls = lazily(() => import("./call-entry.ts"));
