/**
 * The file tree as skills reach it: a file is read whole only where the VM could hold it, and with the limit every POSIX system puts on the length of a path. Without it a program
 * could build trees so deep that walking them, which Lua's guard cannot interrupt, takes minutes.
 * @module
 */
import { charge } from "../../base/work.ts";
import type { FileStat } from "../../contract/contract.ts";
import { type Vfs, VfsError, type VfsFile } from "../../vfs/interface.ts";

/** Linux's PATH_MAX, in UTF-16 units. */
export const longestPath = 4095;

/** A view of `vfs` that refuses longer paths with ENAMETOOLONG. */
export function boundedPaths(vfs: Vfs): Vfs {
  return new BoundedPaths(vfs);
}

/** What is looked up for each character, several times over; only where paths are long does it come to anything. */
const unitsPerCharacter = 6;
const shortPath = 256;

class BoundedPaths implements Vfs {
  constructor(private readonly vfs: Vfs) {}

  stat(path: string, options?: { followLinks?: boolean }): FileStat | undefined {
    checkPath(path, "stat");
    return this.vfs.stat(path, options);
  }
  list(path: string): string[] {
    checkPath(path, "list");
    return this.vfs.list(path);
  }
  readFile(path: string): Uint8Array {
    checkPath(path, "read");
    charge(0, this.vfs.stat(path, { followLinks: true })?.size);
    return this.vfs.readFile(path);
  }
  writeFile(path: string, content: Uint8Array, options?: { append?: boolean }): void {
    checkPath(path, "write");
    this.vfs.writeFile(path, content, options);
  }
  mkdir(path: string, options?: { recursive?: boolean }): void {
    checkPath(path, "mkdir");
    this.vfs.mkdir(path, options);
  }
  remove(path: string, options?: { recursive?: boolean }): void {
    checkPath(path, "remove");
    this.vfs.remove(path, options);
  }
  rename(from: string, to: string): void {
    checkPath(from, "rename");
    checkPath(to, "rename");
    this.vfs.rename(from, to);
  }
  open(path: string, options?: { create?: boolean }): VfsFile {
    checkPath(path, "open");
    return this.vfs.open(path, options);
  }
}

/** Before anything else is done with a path a program has made. @throws VfsError ENAMETOOLONG */
export function checkPath(path: string, operation: string): void {
  if (path.length > shortPath) charge(path.length * unitsPerCharacter);
  if (path.length > longestPath) throw new VfsError("ENAMETOOLONG", `${path.slice(0, 60)}…`, operation);
}
