/** Surface of `vulcan.path` (vulcan-api.md). */
import { fn, type SurfaceEntry } from "../surface/entry.ts";

export const pathSurface: readonly SurfaceEntry[] = [
  fn(
    "path.join",
    "(...: string): string",
    "§9",
    "Joins parts with `/`; an absolute part starts again. No normalisation.",
  ),
  fn("path.dirname", "(path: string): string", "§9", "The parent's text; `.` when there is none."),
  fn("path.basename", "(path: string): string", "§9", "The last name; empty for a root and for `..`."),
  fn("path.stem", "(path: string): string", "§9", "The last name without its last extension."),
  fn("path.extname", "(path: string): string", "§9", "The last extension with its dot; empty when there is none."),
  fn("path.normalize", "(path: string): string", "§9", "Folds `.` and `..` lexically; nothing is looked up."),
  fn("path.is_abs", "(path: string): boolean", "§9", "Whether the path starts at a root."),
];
