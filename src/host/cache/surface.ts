/** Surface of `vulcan.cache` (vulcan-api.md). */
import { fn, type SurfaceEntry } from "../surface/entry.ts";

export const cacheSurface: readonly SurfaceEntry[] = [
  fn(
    "cache.put",
    "(value: any, ttl_sec?: integer): string",
    "§11",
    "Keeps a copy of a value for the running entry; answers its id.",
    "main",
  ),
  fn("cache.get", "(cache_id: string): any", "§11", "A copy of a kept value; nil when gone.", "main"),
  fn("cache.delete", "(cache_id: string): boolean", "§11", "Drops a kept value.", "main"),
];
