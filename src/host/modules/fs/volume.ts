/**
 * A folder of the tree as a volume: `/` is the folder, and no path and no link leads out of it.
 * @module
 */
import { isInside, join, normalise } from "../../../base/paths.ts";
import { type FileStat, type Vfs, VfsError } from "../../../vfs/interface.ts";

export interface VolumeOptions {
  /** Absolute; made when it is not there. */
  readonly path: string;
  readonly readOnly: boolean;
}

export class Volume {
  #directory = "/";

  constructor(
    private readonly vfs: Vfs,
    readonly options: VolumeOptions,
  ) {
    if (!options.readOnly) vfs.mkdir(options.path, { recursive: true });
  }

  get directory(): string {
    return this.#directory;
  }

  /** Where a path of the volume is in the tree. @throws VfsError `EACCES` for one that a link leads out of it */
  place(path: string): string {
    const { path: root } = this.options;
    const at = normalise(`${root}/${this.#inside(path)}`);
    const real = this.vfs.realPath?.(at);
    const realRoot = this.vfs.realPath?.(root) ?? root;
    if (this.vfs.realPath && (real === undefined || !isInside(real, realRoot)))
      throw new VfsError("EACCES", path, "open");
    return at;
  }

  /** @throws VfsError `ENOENT` */
  stat(path: string): FileStat {
    const found = this.vfs.stat(this.place(path), { followLinks: true });
    if (!found) throw new VfsError("ENOENT", path, "stat");
    return found;
  }

  exists(path: string): boolean {
    return this.vfs.stat(this.place(path), { followLinks: true }) !== undefined;
  }

  list(path: string): readonly { readonly name: string; readonly isDirectory: boolean }[] {
    const at = this.place(path);
    if (this.stat(path).kind !== "dir") throw new VfsError("ENOTDIR", path, "readdir");
    return this.vfs.list(at).map((name) => ({
      name,
      isDirectory: this.vfs.stat(`${at}/${name}`, { followLinks: true })?.kind === "dir",
    }));
  }

  changeTo(path: string): void {
    if (this.stat(path).kind !== "dir") throw new VfsError("ENOTDIR", path, "chdir");
    this.#directory = this.#inside(path);
  }

  #inside(path: string): string {
    return join(this.#directory, path);
  }
}
