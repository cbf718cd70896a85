import { normalise } from "../base/paths.ts";
import type { FileStat } from "../contract/contract.ts";
import { type Vfs, VfsError, type VfsFile } from "./interface.ts";

/** A filesystem that cannot be written through this view. */
export class ReadOnlyVfs implements Vfs {
  constructor(private readonly files: Vfs) {}

  stat(path: string, options?: { followLinks?: boolean }): FileStat | undefined {
    const stat = this.files.stat(path, options);
    return stat && { ...stat, readonly: true };
  }

  realPath(path: string): string | undefined {
    return this.files.realPath ? this.files.realPath(path) : normalise(path);
  }

  list(path: string): string[] {
    return this.files.list(path);
  }

  readFile(path: string): Uint8Array {
    return this.files.readFile(path);
  }

  writeFile(path: string): never {
    throw refused(path, "write");
  }

  mkdir(path: string, options?: { recursive?: boolean }): void {
    if (options?.recursive !== true || this.files.stat(path)?.kind !== "dir") throw refused(path, "mkdir");
  }

  remove(path: string): never {
    throw refused(path, "remove");
  }

  rename(from: string): never {
    throw refused(from, "rename");
  }

  open(path: string, options?: { create?: boolean }): VfsFile {
    if (options?.create === true && this.files.stat(path) === undefined) throw refused(path, "open");
    const file = this.files.open(path);
    const fail = () => {
      throw refused(path, "write");
    };
    return {
      get size() {
        return file.size;
      },
      readAt: (target, offset) => file.readAt(target, offset),
      writeAt: fail,
      truncate: fail,
      close: () => file.close(),
    };
  }
}

const refused = (path: string, operation: string): VfsError => new VfsError("EROFS", path, operation);
