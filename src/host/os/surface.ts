/** Surface of `vulcan.os` (vulcan-api.md). */
import { fn, type SurfaceEntry, shape } from "../surface/entry.ts";

export const osSurface: readonly SurfaceEntry[] = [
  shape("vulcan.os.Info", "The host as skills see it.", { os: "string — windows, linux, macos, …", arch: "string" }),
  fn("os.info", "(): vulcan.os.Info", "§10.4", "Operating system and processor names."),
];
