/**
 * A vector store as one zip: `vector-store.json`, which says what it is, and the file of each table.
 * @module
 */
import { zipSync } from "fflate";
import { messageOf } from "../base/message-of.ts";
import { LuaSkillsError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import { readZip } from "../vfs/archive.ts";

const manifestName = "vector-store.json";
const format = "luaskills-vectors";
const version = 1;
/** Most of it is float32, which hardly compresses. */
const level = 1;

/** @param files of the tables, by name */
export function packVectors(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const manifest = JSON.stringify({ format, version, files: [...files.keys()] }, null, 2);
  const entries = { [manifestName]: new TextEncoder().encode(`${manifest}\n`), ...Object.fromEntries(files) };
  return zipSync(entries, { level });
}

/** @throws LuaSkillsError `invalid_archive` (no sound zip) | `invalid_database` (something else in it) */
export function unpackVectors(bytes: Uint8Array, limits: Limits): Map<string, Uint8Array> {
  const entries = new Map(readZip(bytes, limits).map(({ name, content }) => [name, content]));
  const manifest = readManifest(entries.get(manifestName));
  entries.delete(manifestName);
  const missing = manifest.files.find((file) => !entries.has(file));
  if (missing !== undefined) throw invalid(`'${missing}' is named in ${manifestName} and not in the archive`);
  const surplus = [...entries.keys()].find((file) => !manifest.files.includes(file));
  if (surplus !== undefined) throw invalid(`'${surplus}' is not named in ${manifestName}`);
  return entries;
}

function readManifest(bytes: Uint8Array | undefined): { files: string[] } {
  if (!bytes) throw invalid(`the archive has no ${manifestName}: it is not an export of a vector store`);
  let manifest: { format?: unknown; version?: unknown; files?: unknown } | null;
  try {
    manifest = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw invalid(`${manifestName} is not JSON: ${messageOf(error)}`);
  }
  if (manifest?.format !== format) throw invalid(`${manifestName} does not say "format": "${format}"`);
  if (manifest.version !== version) {
    throw invalid(`the archive is of version ${String(manifest.version)}, and this engine reads version ${version}`);
  }
  const { files } = manifest;
  if (!Array.isArray(files) || files.some((file) => typeof file !== "string")) {
    throw invalid(`"files" in ${manifestName} must be a list of names`);
  }
  return { files };
}

function invalid(message: string): LuaSkillsError {
  return new LuaSkillsError("invalid_database", `${message}; nothing was changed`);
}
