/** Surface of `vulcan.config` (vulcan-api.md). */
import { fn, type SurfaceEntry } from "../surface/entry.ts";

export const configSurface: readonly SurfaceEntry[] = [
  fn("config.get", "(key: string): string?", "§12", "A setting of the running skill."),
  fn("config.has", "(key: string): boolean", "§12", "Whether the running skill has the setting."),
  fn("config.set", "(key: string, value: string): true", "§12", "Keeps a setting of the running skill."),
  fn("config.delete", "(key: string): boolean", "§12", "Removes a setting; whether it was there."),
  fn("config.list", "(): table<string, string>", "§12", "All settings of the running skill."),
];
