/**
 * What the shell's `gzip` and `rg -z` take from `node:zlib`, where there is no Node: put in its place by the build
 * (scripts/build/browser-plugins.ts).
 * @module
 */
import { gzipSync as gzip } from "fflate";
import { gunzip } from "./gunzip.ts";

export const constants = { Z_BEST_SPEED: 1, Z_BEST_COMPRESSION: 9, Z_DEFAULT_COMPRESSION: -1 };

export function gzipSync(data: Uint8Array, { level = 6 }: { level?: number } = {}): Uint8Array {
  const known = level >= 0 && level <= 9 ? level : 6;
  return gzip(data, { level: known as 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 });
}

export function gunzipSync(data: Uint8Array, { maxOutputLength }: { maxOutputLength?: number } = {}): Uint8Array {
  return gunzip(data, maxOutputLength);
}
