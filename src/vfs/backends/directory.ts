/**
 * A real directory as a filesystem, for Node and the command line. No mirror: what Lua writes is in the folder when the
 * call returns. Whole-file writes are atomic (temporary file, then rename). Symbolic links are followed only as long as
 * they stay inside the root.
 * @module
 */

import fs from "node:fs";
import nodePath from "node:path";
import { compareBytes } from "../../base/bytes/byte-order.ts";
import { normalise, segments } from "../../base/paths.ts";
import { foldName } from "../../base/text/fold-name.ts";
import { charge, tally } from "../../base/work.ts";
import type { FileStat } from "../../contract/contract.ts";
import type { Errno, Vfs, VfsFile } from "../interface.ts";
import { VfsError } from "../interface.ts";
import { entryOverhead } from "../quota.ts";
import { DirectoryQuota, sizeOf, spaceOf } from "./directory-quota.ts";

export interface DirectoryVfsOptions {
  /** Every write fails with EROFS. */
  readonly readonly?: boolean;
  /** Bytes of everything in it; default no limit. */
  readonly quotaBytes?: number | undefined;
  /** A name in the root that does not exist for whoever uses this filesystem: the lock of its owner. */
  readonly hidden?: string;
  /** Hears the real path of every file and directory whose content changed, so that a strict commit can sync them. */
  readonly onChange?: (realPath: string) => void;
}

/** What work costs the run that asks for it (base/work.ts). */
const nameUnits = 100;
const bytesPerUnit = 32;

// allowed: names of drafts differ within a process
let temporary = 0;

export class DirectoryVfs implements Vfs {
  readonly #root: string;
  readonly #options: DirectoryVfsOptions;
  readonly #quota: DirectoryQuota;
  readonly #hidden: string | undefined;

  /** @param root an existing directory */
  constructor(root: string, options: DirectoryVfsOptions = {}) {
    this.#root = fs.realpathSync.native(root);
    this.#options = options;
    this.#quota = new DirectoryQuota(this.#root, options.quotaBytes ?? Number.POSITIVE_INFINITY);
    this.#hidden = options.hidden === undefined ? undefined : nodePath.join(this.#root, options.hidden);
  }

  stat(path: string, options: { followLinks?: boolean } = {}): FileStat | undefined {
    const real = this.#tryResolve(path, options.followLinks === true);
    if (real === undefined) return undefined;
    const stat = fs.lstatSync(real, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    return {
      kind: stat.isFile() ? "file" : stat.isDirectory() ? "dir" : stat.isSymbolicLink() ? "symlink" : "other",
      size: stat.isFile() ? stat.size : 0,
      modifiedMs: Math.floor(stat.mtimeMs),
      readonly: this.#options.readonly === true || (stat.mode & 0o222) === 0,
      // mtimeMs has a fraction; an atomic write also changes the inode.
      version: `${stat.ino}:${stat.mtimeMs}:${stat.size}`,
    };
  }

  list(path: string): string[] {
    return guarded(path, "list", () => {
      const real = this.#resolve(path, "list");
      const names = fs.readdirSync(real);
      charge(nameUnits * names.length);
      return names.filter((name) => !this.#isHidden(nodePath.join(real, name))).sort(compareBytes);
    });
  }

  readFile(path: string): Uint8Array {
    return guarded(path, "read", () => {
      const real = this.#resolve(path, "read");
      charge(sizeOf(real) / bytesPerUnit);
      const content = fs.readFileSync(real);
      return new Uint8Array(content.buffer, content.byteOffset, content.byteLength).slice();
    });
  }

  writeFile(path: string, content: Uint8Array, options: { append?: boolean } = {}): void {
    guarded(path, "write", () => {
      const real = this.#resolveForWrite(path, "write");
      charge(content.length / bytesPerUnit);
      tally("bytesWritten", content.length);
      const grows = options.append === true && spaceOf(real) > 0;
      this.#quota.take(content.length + (grows ? 0 : entryOverhead - this.#quota.freedBy(real)), path, "write");
      if (grows) fs.appendFileSync(real, content);
      else replaceFile(real, content);
      this.#changed(real, !grows);
    });
  }

  mkdir(path: string, options: { recursive?: boolean } = {}): void {
    this.#checkWritable(path, "mkdir");
    guarded(path, "mkdir", () => {
      const names = segments(path);
      if (names.length === 0 && options.recursive !== true) throw new VfsError("EEXIST", path, "mkdir");
      // One level at a time: a recursive mkdir of the platform would walk through links that lead outside.
      for (let depth = options.recursive === true ? 1 : names.length; depth <= names.length; depth++) {
        const at = `/${names.slice(0, depth).join("/")}`;
        const isLast = depth === names.length;
        const kind = this.stat(at, { followLinks: true })?.kind ?? this.stat(at)?.kind;
        if (kind === "dir" && options.recursive === true) continue;
        if (kind !== undefined) throw new VfsError(isLast ? "EEXIST" : "ENOTDIR", path, "mkdir");
        const real = this.#resolve(at, "mkdir", false);
        this.#quota.take(entryOverhead, path, "mkdir");
        fs.mkdirSync(real);
        this.#options.onChange?.(nodePath.dirname(real));
      }
    });
  }

  remove(path: string, options: { recursive?: boolean } = {}): void {
    this.#checkWritable(path, "remove");
    guarded(path, "remove", () => {
      const real = this.#resolve(path, "remove", false);
      if (real === this.#root) throw new VfsError("EINVAL", path, "remove");
      const isDirectory = fs.lstatSync(real).isDirectory();
      const freed = this.#quota.freedBy(real);
      if (isDirectory && options.recursive !== true) fs.rmdirSync(real);
      else if (isDirectory) fs.rmSync(real, { recursive: true });
      else fs.unlinkSync(real);
      if (isDirectory) this.#quota.forget();
      else this.#quota.give(freed);
      this.#options.onChange?.(nodePath.dirname(real));
    });
  }

  rename(from: string, to: string): void {
    this.#checkWritable(from, "rename");
    guarded(to, "rename", () => {
      const source = this.#resolve(from, "rename", false);
      const target = this.#resolve(to, "rename", false);
      fs.lstatSync(source);
      if (target === this.#root) throw new VfsError("EISDIR", to, "rename");
      if (target === source) return;
      if (source === this.#root || target.startsWith(source + nodePath.sep)) throw new VfsError("EINVAL", to, "rename");
      const replaced = this.#quota.freedBy(target);
      fs.renameSync(source, target);
      this.#quota.give(replaced);
      for (const real of [nodePath.dirname(source), nodePath.dirname(target)]) this.#options.onChange?.(real);
    });
  }

  open(path: string, options: { create?: boolean } = {}): VfsFile {
    return guarded(path, "open", () => {
      const readonly = this.#options.readonly === true && options.create !== true;
      const real = readonly ? this.#resolve(path, "open") : this.#resolveForWrite(path, "open");
      const stat = fs.lstatSync(real, { throwIfNoEntry: false });
      if (stat?.isDirectory()) throw new VfsError("EISDIR", path, "open");
      const create = options.create === true ? fs.constants.O_CREAT : 0;
      if (create && !stat) this.#quota.take(entryOverhead, path, "open");
      const descriptor = fs.openSync(real, (readonly ? fs.constants.O_RDONLY : fs.constants.O_RDWR) | create);
      if (create && !stat) this.#changed(real, true);
      return new DirectoryFile(descriptor, path, this.#quota, () => this.#changed(real, false));
    });
  }

  realPath(path: string): string | undefined {
    const names = segments(path);
    try {
      // What does not exist yet will lie where what is above it leads.
      for (let depth = names.length; depth > 0; depth--) {
        const real = this.#tryResolve(`/${names.slice(0, depth).join("/")}`, true);
        if (real === undefined) continue;
        const below = nodePath.relative(this.#root, real).split(nodePath.sep);
        return normalise(`/${[...below, ...names.slice(depth)].join("/")}`);
      }
      return normalise(path);
    } catch {
      // It leads out of the root, or cannot be looked at: nobody learns where to.
      return undefined;
    }
  }

  /** The real path of a vfs path, with the links of its directories resolved and proven to stay inside the root. */
  #resolve(path: string, operation: string, followLast = true): string {
    if (path.includes("\0")) throw new VfsError("EINVAL", path, operation);
    const names = segments(path);
    const last = names.pop();
    if (last === undefined) return this.#root;
    const parent = fs.realpathSync.native(nodePath.join(this.#root, ...names));
    this.#checkInside(parent, path, operation);
    if (!fs.statSync(parent).isDirectory()) throw new VfsError("ENOTDIR", path, operation);
    const real = nodePath.join(parent, last);
    if (this.#isHidden(real)) throw new VfsError(operation === "stat" ? "ENOENT" : "EACCES", path, operation);
    if (!followLast || !fs.lstatSync(real, { throwIfNoEntry: false })?.isSymbolicLink()) return real;
    // A dangling link fails here: creating its target could create a file outside the root.
    const target = fs.realpathSync.native(real);
    this.#checkInside(target, path, operation);
    if (this.#isHidden(target)) throw new VfsError("EACCES", path, operation);
    return target;
  }

  /** Case counts nowhere here: where the platform ignores it, so must this. */
  #isHidden(real: string): boolean {
    return this.#hidden !== undefined && foldName(real) === foldName(this.#hidden);
  }

  #resolveForWrite(path: string, operation: string): string {
    this.#checkWritable(path, operation);
    const real = this.#resolve(path, operation);
    if (real === this.#root) throw new VfsError("EISDIR", path, operation);
    return real;
  }

  #tryResolve(path: string, followLast: boolean): string | undefined {
    try {
      return this.#resolve(path, "stat", followLast);
    } catch (error) {
      const code = (error as { code?: unknown; errno?: unknown }).code ?? (error as VfsError).errno;
      if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return undefined;
      throw translated(error, path, "stat");
    }
  }

  /** @param named whether its name is new, or leads to another file: the directory has to be on the disk, too, then */
  #changed(real: string, named: boolean): void {
    this.#options.onChange?.(real);
    if (named) this.#options.onChange?.(nodePath.dirname(real));
  }

  #checkInside(real: string, path: string, operation: string): void {
    if (real !== this.#root && !real.startsWith(this.#root + nodePath.sep)) {
      throw new VfsError("EACCES", path, operation);
    }
  }

  #checkWritable(path: string, operation: string): void {
    if (this.#options.readonly === true) throw new VfsError("EROFS", path, operation);
  }
}

class DirectoryFile implements VfsFile {
  #descriptor: number | undefined;

  constructor(
    descriptor: number,
    readonly path: string,
    readonly quota: DirectoryQuota,
    readonly changed: () => void,
  ) {
    this.#descriptor = descriptor;
    quota.opened(fs.fstatSync(descriptor));
  }

  get size(): number {
    return guarded(this.path, "stat", () => fs.fstatSync(this.#open()).size);
  }

  readAt(target: Uint8Array, offset: number): number {
    return guarded(this.path, "read", () => {
      let done = 0;
      while (done < target.length) {
        const count = fs.readSync(this.#open(), target, done, target.length - done, offset + done);
        if (count === 0) break;
        done += count;
      }
      return done;
    });
  }

  writeAt(source: Uint8Array, offset: number): void {
    guarded(this.path, "write", () => {
      if (source.length > 0) this.quota.take(Math.max(0, offset + source.length - this.size), this.path, "write");
      tally("bytesWritten", source.length);
      for (let done = 0; done < source.length; ) {
        done += fs.writeSync(this.#open(), source, done, source.length - done, offset + done);
      }
      this.changed();
    });
  }

  truncate(size: number): void {
    guarded(this.path, "truncate", () => {
      // The length counts, not the blocks: what is a hole today is full tomorrow.
      this.quota.take(size - this.size, this.path, "truncate");
      fs.ftruncateSync(this.#open(), size);
    });
    this.changed();
  }

  close(): void {
    if (this.#descriptor === undefined) return;
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    guarded(this.path, "close", () => {
      const file = fs.fstatSync(descriptor);
      fs.closeSync(descriptor);
      this.quota.closed(file);
    });
  }

  #open(): number {
    if (this.#descriptor === undefined) throw new VfsError("EINVAL", this.path, "use of a closed file");
    return this.#descriptor;
  }
}

/** Readers see the old content or the new one, never a part. */
function replaceFile(real: string, content: Uint8Array): void {
  const before = fs.lstatSync(real, { throwIfNoEntry: false });
  if (before !== undefined && !before.isFile()) {
    // Devices and pipes have no content to replace; directories fail here with EISDIR.
    fs.writeFileSync(real, content);
    return;
  }
  if (before !== undefined) fs.accessSync(real, fs.constants.W_OK);
  const draft = nodePath.join(nodePath.dirname(real), `.luaskills-${process.pid}-${++temporary}.tmp`);
  try {
    fs.writeFileSync(draft, content, { flag: "wx", mode: before === undefined ? 0o666 : before.mode & 0o777 });
    fs.renameSync(draft, real);
  } catch (error) {
    fs.rmSync(draft, { force: true });
    throw error;
  }
}

const errnos: Readonly<Record<string, Errno>> = {
  ENOENT: "ENOENT",
  EACCES: "EACCES",
  EPERM: "EACCES",
  EBUSY: "EACCES",
  EEXIST: "EEXIST",
  ENOTDIR: "ENOTDIR",
  EISDIR: "EISDIR",
  EINVAL: "EINVAL",
  ENAMETOOLONG: "EINVAL",
  ELOOP: "EINVAL",
  EFBIG: "EINVAL",
  ENOSPC: "ENOSPC",
  EDQUOT: "ENOSPC",
  EROFS: "EROFS",
  ENOTEMPTY: "ENOTEMPTY",
  EXDEV: "EXDEV",
};

function guarded<T>(path: string, operation: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translated(error, path, operation);
  }
}

/** What has an errno already, or none here, is told as it is. */
function translated(error: unknown, path: string, operation: string): unknown {
  const errno = errnos[(error as NodeJS.ErrnoException | undefined)?.code ?? ""];
  return errno === undefined ? error : new VfsError(errno, path, operation);
}
