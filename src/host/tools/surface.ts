/** Surface of `vulcan.host` (vulcan-api.md). */
import { fn, type SurfaceEntry } from "../surface/entry.ts";

export const toolSurface: readonly SurfaceEntry[] = [
  fn("host.list", "(): any", "§13.1", "What the host's tool callback lists; empty without one."),
  fn("host.has", "(tool_name: string): boolean", "§13.1", "Whether the host has the tool."),
  fn("host.has_tool", "(tool_name: string): boolean", "§13.1", "The same function as `vulcan.host.has`."),
  fn(
    "host.call",
    "(tool_name: string, args: table): table",
    "§13.1",
    "Calls a tool of the host. Failures are envelopes `{ ok = false, error = { code, message } }`.",
  ),
];
