/**
 * Random operations for comparing two filesystems: the same seed gives the same operations.
 * @module
 */
import { chunkBytes } from "../vfs/file-content.ts";
import type { Vfs } from "../vfs/interface.ts";
import { VfsError } from "../vfs/interface.ts";

/** mulberry32: tests only need the same numbers for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const names = ["a", "b", "c", "long name", "ü"];
const sizes = [0, 1, 100, chunkBytes - 1, chunkBytes, chunkBytes + 1, 100_000];
/** Contents are cut out of it: to make each byte by byte takes longer than what is tested. */
const pattern = Uint8Array.from({ length: 256 + 100_000 }, (_, i) => (i * 7) & 255);

/** One operation, to be run against several filesystems. */
export type Operation = (fs: Vfs) => unknown;

export function randomOperation(random: () => number): Operation {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const path = (): string => `/${Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(names)).join("/")}`;
  const bytes = (): Uint8Array => {
    const seed = Math.floor(random() * 256);
    return pattern.slice(seed, seed + pick(sizes));
  };
  const at = path();
  const to = path();
  const content = bytes();
  const offset = pick(sizes);
  const recursive = random() < 0.5;
  switch (Math.floor(random() * 13)) {
    case 0:
    case 1:
      return (fs) => fs.writeFile(at, content);
    case 2:
      return (fs) => fs.writeFile(at, content, { append: true });
    case 3:
    case 4:
      return (fs) => fs.mkdir(at, { recursive });
    case 5:
      return (fs) => fs.remove(at, { recursive });
    case 6:
    case 7:
      return (fs) => fs.rename(at, to);
    case 8:
      return (fs) => {
        const file = fs.open(at, { create: recursive });
        try {
          file.writeAt(content.subarray(0, 1000), offset);
        } finally {
          file.close();
        }
      };
    case 9:
      return (fs) => {
        const file = fs.open(at);
        try {
          file.truncate(offset);
        } finally {
          file.close();
        }
      };
    case 10:
      return (fs) => fs.list(at);
    case 11:
      return (fs) => hashed(fs.readFile(at));
    default:
      return (fs) => {
        const stat = fs.stat(at);
        return stat?.kind === "file" ? stat.size : (stat?.kind ?? "nothing");
      };
  }
}

/** The errno of a failure, or what the operation gave. */
export function outcome(fs: Vfs, operation: Operation): unknown {
  try {
    return operation(fs) ?? "done";
  } catch (error) {
    if (error instanceof VfsError) return error.errno;
    throw error;
  }
}

/** The whole tree as plain data: directories as `null`, files as their bytes in hex (sizes for the large ones). */
export function snapshot(fs: Vfs, path = "/", out: Record<string, string | null> = {}): Record<string, string | null> {
  for (const name of fs.list(path)) {
    const child = path === "/" ? `/${name}` : `${path}/${name}`;
    const stat = fs.stat(child);
    if (stat?.kind === "dir") {
      out[child] = null;
      snapshot(fs, child, out);
    } else {
      out[child] = hashed(fs.readFile(child));
    }
  }
  return out;
}

function hashed(content: Uint8Array): string {
  let hash = content.length;
  for (const byte of content) hash = (Math.imul(hash, 31) + byte) >>> 0;
  return `${content.length}:${hash.toString(16)}`;
}
