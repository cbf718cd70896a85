/**
 * The global `vulcan` before any namespace is in it (vulcan-api.md §3.1 step 3).
 * @module
 */
import type { Prelude } from "../lua/interface.ts";
import source from "./vulcan.lua?raw";

export function vulcanPrelude(): Prelude {
  return { name: "=vulcan", source };
}
