/**
 * The version an installed package says it has, without judging the rest of its manifest.
 * @module
 */
import type { Vfs } from "../../vfs/interface.ts";
import { readManifestFile } from "./file.ts";
import { versionComplaint } from "./version.ts";

/** Undefined when the manifest cannot be read or has no valid version: a broken skill can still be updated. */
export function manifestVersion(vfs: Vfs, skillDir: string): string | undefined {
  let value: unknown;
  try {
    value = readManifestFile(vfs, skillDir)?.value;
  } catch {
    return undefined;
  }
  const version = value instanceof Map ? value.get("version") : undefined;
  if (typeof version !== "string" || versionComplaint(version, "version") !== undefined) return undefined;
  return version.trim();
}
