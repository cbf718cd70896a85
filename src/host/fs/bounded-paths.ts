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

class BoundedPaths implements Vfs {
  constructor(private readonly vfs: Vfs) {}

  stat(path: string, options?: { followLinks?: boolean }): FileStat | undefined {
    check(path, "stat");
    return this.vfs.stat(path, options);
  }
  list(path: string): string[] {
    check(path, "list");
    return this.vfs.list(path);
  }
  readFile(path: string): Uint8Array {
    check(path, "read");
    charge(0, this.vfs.stat(path, { followLinks: true })?.size);
    return this.vfs.readFile(path);
  }
  writeFile(path: string, content: Uint8Array, options?: { append?: boolean }): void {
    check(path, "write");
    this.vfs.writeFile(path, content, options);
  }
  mkdir(path: string, options?: { recursive?: boolean }): void {
    check(path, "mkdir");
    this.vfs.mkdir(path, options);
  }
  remove(path: string, options?: { recursive?: boolean }): void {
    check(path, "remove");
    this.vfs.remove(path, options);
  }
  rename(from: string, to: string): void {
    check(from, "rename");
    check(to, "rename");
    this.vfs.rename(from, to);
  }
  open(path: string, options?: { create?: boolean }): VfsFile {
    check(path, "open");
    return this.vfs.open(path, options);
  }
}

function check(path: string, operation: string): void {
  if (path.length > longestPath) throw new VfsError("ENAMETOOLONG", `${path.slice(0, 60)}…`, operation);
}
