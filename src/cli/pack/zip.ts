import { zipSync } from "fflate";

/** 1980, where zip begins: the same files make the same archive on every day and machine. */
const epoch = new Date(1980, 0, 1);

/** Files by path. */
export function zipFiles(files: ReadonlyMap<string, Uint8Array>, level: 0 | 6 = 0): Uint8Array {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return zipSync(Object.fromEntries(sorted), { level, mtime: epoch, os: 3, attrs: 0o644 << 16 });
}
