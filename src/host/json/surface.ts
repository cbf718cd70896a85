/** Surface of `vulcan.json` (vulcan-api.md). */
import { fn, type SurfaceEntry } from "../surface/entry.ts";

export const jsonSurface: readonly SurfaceEntry[] = [
  fn("json.encode", "(value: any): string", "§2.3", "Compact JSON text; keys sorted, an empty table is `[]`."),
  fn(
    "json.decode",
    "(text: string): any",
    "§2.3",
    "The value of a JSON text; `null` is nil. At most 127 levels of nesting.",
  ),
];
