/**
 * The log's files in the browser's origin private file system. Handles are opened so that a predecessor which is terminated
 * but not gone (Chromium: two seconds) does not lock its successor out; where the browser knows only exclusive handles, the
 * successor waits for those it has to read.
 * @module
 */
import { LuaSkillsError } from "../../../errors.ts";
import { isNotFound, type SyncFileHandle, type SyncHandle } from "../store-folder.ts";
import type { LogDirectory, LogFile } from "./files.ts";

const patienceMs = 10_000;
const retryMs = 20;
/** Chromium writes each name twice: so many of this length are more than a block. */
const fillerCount = 64;
const fillerLength = 240;
const fillerPrefix = "filler-";

export class OpfsDirectory implements LogDirectory {
  readonly #listed = new Map<string, SyncFileHandle>();

  constructor(private readonly directory: FileSystemDirectoryHandle) {}

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

  /**
   * Chromium keeps the names of OPFS in a log of 32 KB blocks (LevelDB). A killed browser can leave its last record torn; the next
   * start writes on behind it, and the start after that drops the rest of the block. So the block is filled with names of no
   * meaning: what is made then lies behind it.
   */
  async secureNames(): Promise<void> {
    // The mark of Chromium; others keep names elsewhere.
    if (!sharesFiles()) return;
    const left = (await this.names()).filter((name) => name.startsWith(fillerPrefix));
    const run = crypto.randomUUID();
    const fillers = Array.from({ length: fillerCount }, (_, i) =>
      `${fillerPrefix}${run}-${i}-`.padEnd(fillerLength, "-"),
    );
    await Promise.all(fillers.map((name) => this.directory.getFileHandle(name, { create: true })));
    await Promise.all([...left, ...fillers].map((name) => this.remove(name)));
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

/** Whether a file may be open in two workers. */
export function sharesFiles(): boolean {
  const { FileSystemSyncAccessHandle: handle } = globalThis as { FileSystemSyncAccessHandle?: { prototype: object } };
  return handle !== undefined && "mode" in handle.prototype;
}

async function openHandle(file: SyncFileHandle): Promise<SyncHandle> {
  if (file.createSyncAccessHandle === undefined) throw new Error("this thread has no synchronous file handles");
  const end = Date.now() + patienceMs;
  for (;;) {
    try {
      // Browsers that do not know the mode ignore it.
      return await file.createSyncAccessHandle({ mode: "readwrite-unsafe" });
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "NoModificationAllowedError")) throw error;
      if (Date.now() >= end) {
        throw new LuaSkillsError(
          "storage_in_use",
          `another worker has held ${file.name} in OPFS for ${patienceMs} ms; close what else uses this store`,
          { cause: error },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
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
      if (count === 0) throw this.#full();
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
      if (error instanceof DOMException && error.name === "QuotaExceededError") throw this.#full(error);
      throw error;
    }
  }

  #full(cause?: unknown): LuaSkillsError {
    return new LuaSkillsError(
      "quota_exceeded",
      `the browser gives this site no more storage (${this.name} in OPFS); nothing of this commit counts. Remove files or free disk space, then flush again.`,
      { cause },
    );
  }
}
