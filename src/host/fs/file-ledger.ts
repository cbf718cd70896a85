/**
 * What one skill holds in the tree: the files of its own folders, and those it wrote elsewhere since the start.
 * @module
 */
import { join } from "../../base/paths.ts";
import { charge } from "../../base/work.ts";
import type { Limits } from "../../limits.ts";
import { type Vfs, VfsError, type VfsFile } from "../../vfs/interface.ts";

export type FileQuota = Pick<Limits, "skillFileBytes" | "skillFiles" | "skillHandles">;

/** To look at a file again, and to compare its path. */
const recountUnits = 250;
const compareUnits = 3;

export class FileLedger {
  readonly #sizes = new Map<string, number>();
  #bytes = 0;
  #open = 0;

  constructor(
    private readonly vfs: Vfs,
    folders: readonly string[],
    private readonly quota: FileQuota,
    private readonly exceeded: (limit: keyof FileQuota) => void,
  ) {
    for (const folder of folders) this.#walk(folder);
  }

  /** A file is about to have that size. @throws VfsError ENOSPC */
  take(path: string, size: number, operation: string): void {
    if (!this.#fits(path, size)) {
      this.#recount();
      if (!this.#fits(path, size)) {
        this.exceeded(
          this.#sizes.has(path) || this.#sizes.size < this.quota.skillFiles ? "skillFileBytes" : "skillFiles",
        );
        throw new VfsError("ENOSPC", path, operation);
      }
    }
    this.#set(path, size);
  }

  /** The bytes a file of this skill has, as far as it is known. */
  sizeOf(path: string): number {
    return this.#sizes.get(path) ?? this.vfs.stat(path)?.size ?? 0;
  }

  /** An open file that is counted until it is closed, as is its growth. @throws VfsError EMFILE */
  open(path: string, work: () => VfsFile): VfsFile {
    if (this.#open >= this.quota.skillHandles) {
      this.exceeded("skillHandles");
      throw new VfsError("EMFILE", path, "open");
    }
    const file = new CountedFile(work(), path, this);
    this.#open++;
    return file;
  }

  closed(): void {
    this.#open--;
  }

  /** A file, or everything below a directory, is gone. */
  drop(path: string): void {
    if (this.#sizes.has(path)) this.#delete(path);
    else this.#eachBelow(path, (each) => this.#delete(each));
  }

  moved(from: string, to: string): void {
    this.#eachBelow(from, (each, size) => {
      this.#delete(each);
      this.#set(to + each.slice(from.length), size);
    });
  }

  /** Paid for afterwards: what is in the tree already must not be counted by halves. */
  #eachBelow(path: string, work: (each: string, size: number) => void): void {
    const known = [...this.#sizes];
    for (const [each, size] of known) if (each === path || each.startsWith(`${path}/`)) work(each, size);
    charge(known.length * compareUnits);
  }

  #fits(path: string, size: number): boolean {
    const before = this.#sizes.get(path);
    if (before !== undefined && size <= before) return true;
    if (before === undefined && this.#sizes.size >= this.quota.skillFiles) return false;
    return this.#bytes - (before ?? 0) + size <= this.quota.skillFileBytes;
  }

  /** Others remove what one has written, and nobody tells. */
  #recount(): void {
    for (const [path, size] of [...this.#sizes]) {
      charge(recountUnits);
      const stat = this.vfs.stat(path);
      if (stat === undefined) this.#delete(path);
      else if (stat.size !== size) this.#set(path, stat.size);
    }
  }

  #walk(path: string): void {
    const stat = this.vfs.stat(path);
    if (stat?.kind === "file") this.#set(path, stat.size);
    else if (stat?.kind === "dir") for (const name of this.vfs.list(path)) this.#walk(join(path, name));
  }

  #set(path: string, size: number): void {
    this.#bytes += size - (this.#sizes.get(path) ?? 0);
    this.#sizes.set(path, size);
  }

  #delete(path: string): void {
    this.#bytes -= this.#sizes.get(path) ?? 0;
    this.#sizes.delete(path);
  }
}

class CountedFile implements VfsFile {
  #closed = false;

  constructor(
    private readonly file: VfsFile,
    private readonly path: string,
    private readonly ledger: FileLedger,
  ) {}

  get size(): number {
    return this.file.size;
  }
  readAt(target: Uint8Array, offset: number): number {
    return this.file.readAt(target, offset);
  }
  writeAt(source: Uint8Array, offset: number): void {
    const { size } = this.file;
    if (offset + source.length > size) this.ledger.take(this.path, offset + source.length, "write");
    this.file.writeAt(source, offset);
  }
  truncate(size: number): void {
    this.ledger.take(this.path, size, "truncate");
    this.file.truncate(size);
  }
  close(): void {
    this.file.close();
    if (!this.#closed) this.ledger.closed();
    this.#closed = true;
  }
}
