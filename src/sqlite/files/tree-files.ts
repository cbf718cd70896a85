/**
 * Databases as files of the tree: durable with the commit of the call they belong to.
 * @module
 */

import { dirname } from "../../base/paths.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { copyImage, type DatabaseFile, type DatabaseFiles, type DatabaseImage, sideSuffixes } from "./file-storage.ts";

export class TreeFiles implements DatabaseFiles {
  readonly kind = "vfs";
  /** Writes reach the tree in order, whole and without gaps: fewer syncs, no torn pages. */
  readonly characteristics = 0x200 | 0x400 | 0x800 | 0x1000;
  readonly synchronous = "NORMAL";

  constructor(private readonly fs: Vfs) {}

  async reserve(path: string): Promise<void> {
    const directory = dirname(path);
    try {
      this.fs.mkdir(directory, { recursive: true });
    } catch (error) {
      throw new Error(`failed to create SQLite directory ${directory}: ${(error as Error).message}`);
    }
  }

  isReserved(path: string): boolean {
    return this.fs.stat(dirname(path), { followLinks: true })?.kind === "dir";
  }

  open(path: string, options: { create: boolean }): DatabaseFile {
    return this.fs.open(path, options);
  }

  exists(path: string): boolean {
    return this.fs.stat(path, { followLinks: true })?.kind === "file";
  }

  version(path: string): string {
    const stat = this.fs.stat(path, { followLinks: true });
    return stat?.version ?? (stat ? `${stat.size}:${stat.modifiedMs}` : "gone");
  }

  remove(path: string): void {
    this.fs.remove(path);
  }

  async exportBytes(path: string): Promise<Uint8Array> {
    return this.fs.readFile(path);
  }

  async importImage(path: string, image: DatabaseImage): Promise<void> {
    await this.reserve(path);
    const fresh = `${path}.import`;
    try {
      this.fs.writeFile(fresh, new Uint8Array(0));
      const file = this.fs.open(fresh);
      try {
        copyImage(image, file, 0);
      } finally {
        file.close();
      }
      for (const suffix of sideSuffixes) if (this.exists(path + suffix)) this.remove(path + suffix);
      // In a real directory only a rename is all or nothing.
      this.fs.rename(fresh, path);
    } catch (error) {
      if (this.exists(fresh)) this.remove(fresh);
      throw error;
    }
  }
}
