/**
 * The log's files in the browser's origin private file system. Handles are opened so that a predecessor which is terminated
 * but not gone (Chromium: two seconds) does not lock its successor out; where the browser knows only exclusive handles, the
 * successor waits for those it has to read.
 * @module
 */
import { secureNames } from "../chromium-opfs.ts";
import { patiently } from "../held-files.ts";
import { isFull, noRoom } from "../site-data.ts";
import { isNotFound, type SyncFileHandle, type SyncHandle } from "../store-folder.ts";
import type { LogDirectory, LogFile } from "./files.ts";

export class OpfsDirectory implements LogDirectory {
  readonly #listed = new Map<string, SyncFileHandle>();
  #secured: Promise<void> | undefined;

  /** @param namesAreSafe somebody has seen to that since the browser started */
  constructor(
    private readonly directory: FileSystemDirectoryHandle,
    namesAreSafe = false,
  ) {
    this.#secured = namesAreSafe ? Promise.resolve() : undefined;
  }

  async names(): Promise<string[]> {
    const names: string[] = [];
    for await (const [name, handle] of this.directory.entries()) {
      names.push(name);
      if (handle.kind === "file") this.#listed.set(name, handle as SyncFileHandle);
    }
    return names;
  }

  async open(name: string): Promise<LogFile> {
    return new OpfsLogFile(
      await openHandle(this.#listed.get(name) ?? (await this.directory.getFileHandle(name))),
      name,
    );
  }

  async create(name: string): Promise<LogFile> {
    return new OpfsLogFile(await openHandle(await this.directory.getFileHandle(name, { create: true })), name);
  }

  async remove(name: string): Promise<void> {
    try {
      await this.directory.removeEntry(name);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /** Begun anew by the next who asks, when it failed. */
  secureNames(): Promise<void> {
    this.#secured ??= secureNames().catch((error: unknown) => {
      this.#secured = undefined;
      throw error;
    });
    return this.#secured;
  }

  async has(name: string): Promise<boolean> {
    try {
      await this.directory.getFileHandle(name);
      return true;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return false;
    }
  }
}

async function openHandle(file: SyncFileHandle): Promise<SyncHandle> {
  const { createSyncAccessHandle } = file;
  if (createSyncAccessHandle === undefined) throw new Error("this thread has no synchronous file handles");
  // Browsers that do not know the mode ignore it.
  return patiently(file.name, () => createSyncAccessHandle.call(file, { mode: "readwrite-unsafe" }));
}

class OpfsLogFile implements LogFile {
  #closed = false;

  constructor(
    private readonly handle: SyncHandle,
    private readonly name: string,
  ) {}

  get size(): number {
    return this.handle.getSize();
  }

  read(into: Uint8Array, at: number): number {
    return this.handle.read(into, { at });
  }

  write(from: Uint8Array, at: number): void {
    let done = 0;
    while (done < from.length) {
      const count = this.#write(from.subarray(done), at + done);
      if (count === 0) throw noRoom(this.#where, undefined);
      done += count;
    }
  }

  truncate(size: number): void {
    this.handle.truncate(size);
  }

  flush(): void {
    this.handle.flush();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.handle.close();
  }

  #write(from: Uint8Array, at: number): number {
    try {
      return this.handle.write(from, { at });
    } catch (error) {
      if (isFull(error)) throw noRoom(this.#where, error);
      throw error;
    }
  }

  get #where(): string {
    return `${this.name} in OPFS`;
  }
}
