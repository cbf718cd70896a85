/**
 * How many bytes a real folder may hold. What is in it is counted when something first grows, and again after a removal of
 * whole directories; between that only what this engine changes is followed.
 * @module
 */
import fs from "node:fs";
import nodePath from "node:path";
import { charge } from "../../base/work.ts";
import { VfsError } from "../interface.ts";
import { entryOverhead } from "../quota.ts";

const entryUnits = 200;

export class DirectoryQuota {
  /** Undefined: it has to be counted. */
  #used: number | undefined;
  /** Open files by their inode; one that has no name any more takes up its space until it is closed. */
  readonly #open = new Map<string, number>();

  constructor(
    private readonly root: string,
    private readonly limit: number,
  ) {}

  /** @throws VfsError ENOSPC */
  take(bytes: number, path: string, operation: string): void {
    if (this.limit === Number.POSITIVE_INFINITY) return;
    if (bytes > 0) {
      this.#used ??= bytesBelow(this.root);
      if (this.#used + bytes > this.limit) throw new VfsError("ENOSPC", path, operation);
    }
    if (this.#used !== undefined) this.#used += bytes;
  }

  give(bytes: number): void {
    if (this.#used !== undefined) this.#used = Math.max(0, this.#used - bytes);
  }

  /** Directories went. */
  forget(): void {
    this.#used = undefined;
  }

  opened(file: fs.Stats): void {
    this.#open.set(inodeOf(file), (this.#open.get(inodeOf(file)) ?? 0) + 1);
  }

  /** One of those who have it open closes it. */
  closed(file: fs.Stats): void {
    const left = (this.#open.get(inodeOf(file)) ?? 1) - 1;
    if (left > 0) {
      this.#open.set(inodeOf(file), left);
      return;
    }
    this.#open.delete(inodeOf(file));
    if (file.nlink === 0) this.give(entryOverhead + file.size);
  }

  /** What is free once this name leads nowhere, or to another file; of the last name of an open file nothing, until it is closed. */
  freedBy(real: string): number {
    const stat = fs.lstatSync(real, { throwIfNoEntry: false });
    return stat === undefined || (stat.nlink === 1 && this.#open.has(inodeOf(stat))) ? 0 : spaceOf(real);
  }
}

/** By its path a file could not be known: it may be renamed, or replaced, while it is open. */
function inodeOf({ dev, ino }: fs.Stats): string {
  return `${dev}:${ino}`;
}

/** Bytes of a file; 0 for anything else and for what is not there. */
export function sizeOf(real: string): number {
  const stat = fs.lstatSync(real, { throwIfNoEntry: false });
  return stat?.isFile() === true ? stat.size : 0;
}

/** What something takes of the quota; 0: it is not there. */
export function spaceOf(real: string): number {
  const stat = fs.lstatSync(real, { throwIfNoEntry: false });
  return stat === undefined ? 0 : entryOverhead + (stat.isFile() ? stat.size : 0);
}

function bytesBelow(root: string): number {
  let bytes = 0;
  const left = [root];
  for (let directory = left.pop(); directory !== undefined; directory = left.pop()) {
    for (const entry of readable(directory)) {
      charge(entryUnits);
      const real = nodePath.join(directory, entry.name);
      if (entry.isDirectory()) left.push(real);
      bytes += spaceOf(real);
    }
  }
  return bytes;
}

/** What cannot be read here was not written from here either. */
function readable(directory: string): fs.Dirent[] {
  try {
    return fs.readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    if (["EACCES", "EPERM", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}
