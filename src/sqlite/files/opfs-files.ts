/**
 * Databases in the origin private file system, for those too big for memory. SQLite opens files synchronously and OPFS does
 * not, so each database has the handles of all its files before Lua runs: its own and those of both kinds of journal. An
 * empty journal counts as none. (sqlite-wasm's own pool does the same with nameless files; it has no way to take its
 * handles back from an instance that died, and knows neither our clock nor the tree.)
 * @module
 */
import { sameBytes } from "../../base/bytes/same-bytes.ts";
import { basename, dirname } from "../../base/paths.ts";
import { patiently } from "../../vfs/backends/held-files.ts";
import { isNotFound, type SyncHandle } from "../../vfs/backends/store-folder.ts";
import { VfsError } from "../../vfs/interface.ts";
import { copyImage, type DatabaseImage, type OutsideFiles, sideSuffixes } from "./file-storage.ts";
import { type Budget, OpfsFile, TemporaryOpfsFile } from "./opfs-file.ts";
import { openHandle, openOpfs } from "./opfs-handle.ts";

const suffixes = ["", ...sideSuffixes];
/** Sorts, temporary tables and VACUUM of all databases share them; what needs one more has to do with memory. */
const temporaryFiles = 4;
/** An image on its way in: a mark, written when the rest is there, and the bytes. */
const importSuffix = "-import";
const importMark = new TextEncoder().encode("luaskills import");

export interface OpfsFilesOptions {
  /** Of the store: databases of another name are others. */
  readonly name: string;
  /** Bytes of all databases together with their journals; 0 = what the browser allows. */
  readonly maxBytes: number;
}

export class OpfsFiles implements OutsideFiles {
  readonly kind = "opfs";
  /** A file in use cannot be removed; a torn page does not harm its neighbours. Order is only what a sync makes of it. */
  readonly characteristics = 0x800 | 0x1000;
  readonly synchronous = "FULL";
  readonly #files = new Map<string, OpfsFile>();
  readonly #reserving = new Map<string, Promise<void>>();
  readonly #temporary: TemporaryOpfsFile[] = [];
  readonly #idle: TemporaryOpfsFile[] = [];
  #preparing: Promise<void> | undefined;
  readonly #budget: Budget;
  #closed = false;

  private constructor(
    private readonly root: FileSystemDirectoryHandle,
    maxBytes: number,
  ) {
    this.#budget = { used: 0, most: maxBytes > 0 ? maxBytes : Number.POSITIVE_INFINITY };
  }

  /** @throws LuaSkillsError `storage_unavailable` */
  static async open({ name, maxBytes }: OpfsFilesOptions): Promise<OpfsFiles> {
    return new OpfsFiles(await openOpfs(["luaskills-sqlite", `store-${encodeURIComponent(name)}`]), maxBytes);
  }

  async reserve(path: string): Promise<void> {
    if (this.#files.has(path)) return;
    const reserving = this.#reserving.get(path) ?? this.#reserve(path).finally(() => this.#reserving.delete(path));
    this.#reserving.set(path, reserving);
    await reserving;
  }

  /** Also of a file that SQLite wants beside a database of ours: it must not come to lie in the tree. */
  isReserved(path: string): boolean {
    return this.#files.has(path) || this.#files.has(path.replace(/-mj[0-9A-F]+$/, ""));
  }

  open(path: string, { create }: { create: boolean }): OpfsFile {
    const file = this.#files.get(path);
    // The journal of a transaction over several databases would have to be durable in both places at once.
    if (file === undefined) throw new VfsError("EACCES", path, "open");
    if (!create && file.size === 0) throw new VfsError("ENOENT", path, "open");
    return file;
  }

  exists(path: string): boolean {
    return (this.#files.get(path)?.size ?? 0) > 0;
  }

  version(path: string): string {
    return String(this.#files.get(path)?.changes ?? "gone");
  }

  remove(path: string): void {
    const file = this.#files.get(path);
    file?.truncate(0);
    file?.sync();
  }

  openTemporary(): OpfsFile | undefined {
    return this.#idle.pop();
  }

  async exportBytes(path: string): Promise<Uint8Array> {
    await this.reserve(path);
    const file = this.open(path, { create: false });
    const bytes = new Uint8Array(file.size);
    file.readAt(bytes, 0);
    return bytes;
  }

  async importImage(path: string, image: DatabaseImage): Promise<void> {
    await this.reserve(path);
    const directory = await this.#directory(dirname(path), true);
    const name = nameOf(path, importSuffix);
    const staged = new OpfsFile(path, await openHandle(directory, name), this.#budget);
    try {
      staged.truncate(0);
      copyImage(image, staged, importMark.length);
      staged.sync();
      const file = this.open(path, { create: true });
      // There must be room for all of it before there is no way back; SQLite ignores what lies behind its last page.
      if (file.size < image.size) file.truncate(image.size);
      staged.writeAt(importMark, 0);
      staged.sync();
      this.#replace(path, staged);
    } finally {
      staged.release();
    }
    await directory.removeEntry(name);
  }

  async sizesBelow(directory: string): Promise<ReadonlyMap<string, number>> {
    const sizes = new Map<string, number>();
    try {
      const parent = await this.#directory(directory, false);
      for await (const encoded of parent.keys()) {
        const name = decodeURIComponent(encoded);
        const path = `${directory}/${name}/${name}.sqlite3`;
        const size = this.#files.get(path)?.size ?? (await this.#storedSize(path));
        if (size > 0) sizes.set(name, size);
      }
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    return sizes;
  }

  async drop(directory: string): Promise<boolean> {
    for (const [path, file] of this.#files) {
      if (!path.startsWith(`${directory}/`)) continue;
      this.#files.delete(path);
      file.release();
    }
    try {
      const parent = await this.#directory(dirname(directory), false);
      await patiently(directory, () => parent.removeEntry(nameOf(directory), { recursive: true }));
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const file of [...this.#files.values(), ...this.#temporary]) file.release();
    this.#files.clear();
    this.#idle.length = 0;
  }

  async #openTemporaries(): Promise<void> {
    const names = Array.from({ length: temporaryFiles }, (_, i) => `temporary-${i}`);
    for (const handle of await this.#openAll(this.root, names)) {
      handle.truncate(0);
      const file = new TemporaryOpfsFile(handle, this.#budget, () => this.#idle.push(file));
      this.#temporary.push(file);
      this.#idle.push(file);
    }
  }

  async #storedSize(path: string): Promise<number> {
    try {
      const directory = await this.#directory(dirname(path), false);
      const file = await directory.getFileHandle(nameOf(path));
      return (await file.getFile()).size;
    } catch (error) {
      if (isNotFound(error)) return 0;
      throw error;
    }
  }

  async #reserve(path: string): Promise<void> {
    this.#preparing ??= this.#openTemporaries();
    try {
      await this.#preparing;
    } catch (error) {
      this.#preparing = undefined;
      throw error;
    }
    const directory = await this.#directory(dirname(path), true);
    const handles = await this.#openAll(
      directory,
      suffixes.map((suffix) => nameOf(path, suffix)),
    );
    for (const [i, handle] of handles.entries()) {
      const each = path + suffixes[i];
      this.#files.set(each, new OpfsFile(each, handle, this.#budget));
    }
    await this.#finishImport(path, directory);
  }

  /** All of them or none. */
  async #openAll(directory: FileSystemDirectoryHandle, names: readonly string[]): Promise<SyncHandle[]> {
    const opened = await Promise.allSettled(names.map((name) => openHandle(directory, name)));
    const handles = opened.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    const failed = opened.find((each) => each.status === "rejected");
    if (failed === undefined && !this.#closed) return handles;
    for (const handle of handles) handle.close();
    throw failed?.reason ?? new Error("the engine was closed");
  }

  /** An import that was cut off: done again when all of it had arrived, forgotten otherwise. */
  async #finishImport(path: string, directory: FileSystemDirectoryHandle): Promise<void> {
    const name = nameOf(path, importSuffix);
    try {
      await directory.getFileHandle(name);
    } catch (error) {
      if (isNotFound(error)) return;
      throw error;
    }
    // Its bytes were counted when it was begun.
    const staged = new OpfsFile(path, await openHandle(directory, name), { used: 0, most: Number.POSITIVE_INFINITY });
    try {
      const mark = new Uint8Array(importMark.length);
      staged.readAt(mark, 0);
      if (sameBytes(mark, importMark)) this.#replace(path, staged);
    } finally {
      staged.release();
    }
    await directory.removeEntry(name);
  }

  /** @param staged the mark, and the image behind it */
  #replace(path: string, staged: OpfsFile): void {
    const file = this.open(path, { create: true });
    for (const suffix of suffixes.slice(1)) this.remove(path + suffix);
    file.truncate(0);
    const from = importMark.length;
    const image = {
      size: staged.size - from,
      readAt: (target: Uint8Array, offset: number) => staged.readAt(target, from + offset),
    };
    copyImage(image, file, 0);
    file.sync();
  }

  async #directory(path: string, create: boolean): Promise<FileSystemDirectoryHandle> {
    let directory = this.root;
    for (const part of path.split("/").filter(Boolean)) {
      directory = await directory.getDirectoryHandle(nameOf(part), { create });
    }
    return directory;
  }
}

/** Some characters a path may have are refused in OPFS by some browsers. */
function nameOf(path: string, suffix = ""): string {
  return encodeURIComponent(basename(path)) + suffix;
}
