/**
 * An origin private file system in memory, for tests in Node: exclusive handles, and a disk that can be looked at or stopped
 * at every write.
 * @module
 */
import type { SyncHandle } from "../vfs/backends/store-folder.ts";

type Entry = FakeFile | FakeDirectory;

const realNavigator = Object.getOwnPropertyDescriptor(globalThis, "navigator");

export class FakeDisk {
  readonly root = new FakeDirectory(this);
  /** Called before every write, truncation and removal; what it throws is the end of the process. */
  beforeChange: () => void = () => {};
  /** Files nobody may open now: a dying worker has them. */
  readonly held = new Set<string>();

  /** Puts it where browsers have theirs. */
  install(): void {
    Object.defineProperty(globalThis, "navigator", {
      configurable: true,
      value: { storage: { getDirectory: async () => this.root } },
    });
  }

  static uninstall(): void {
    if (realNavigator) Object.defineProperty(globalThis, "navigator", realNavigator);
    else Reflect.deleteProperty(globalThis, "navigator");
  }

  /** The same bytes for another process: no handle is open there. */
  copy(): FakeDisk {
    const other = new FakeDisk();
    copyInto(this.root, other.root);
    return other;
  }
}

class FakeFile {
  readonly kind = "file";
  bytes = new Uint8Array(0);
  #room = new Uint8Array(0);
  isOpen = false;

  constructor(
    private readonly disk: FakeDisk,
    readonly name: string,
  ) {}

  take(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes;
    this.#room = bytes;
  }

  async createSyncAccessHandle(): Promise<SyncHandle> {
    if (this.isOpen || this.disk.held.has(this.name)) throw new DOMException("held", "NoModificationAllowedError");
    this.isOpen = true;
    return {
      read: (into, { at }) => {
        const part = this.bytes.subarray(at, at + into.length);
        into.set(part);
        return part.length;
      },
      write: (from, { at }) => {
        this.disk.beforeChange();
        if (at + from.length > this.bytes.length) this.#resize(at + from.length);
        this.bytes.set(from, at);
        return from.length;
      },
      truncate: (size) => {
        this.disk.beforeChange();
        this.#resize(size);
      },
      getSize: () => this.bytes.length,
      flush() {},
      close: () => {
        this.isOpen = false;
      },
    };
  }

  #resize(size: number): void {
    if (size > this.#room.length) {
      const room = new Uint8Array(Math.max(size, 2 * this.#room.length));
      room.set(this.bytes);
      this.#room = room;
    } else if (size > this.bytes.length) this.#room.fill(0, this.bytes.length, size);
    this.bytes = this.#room.subarray(0, size);
  }
}

class FakeDirectory {
  readonly kind = "directory";
  readonly children = new Map<string, Entry>();

  constructor(readonly disk: FakeDisk) {}

  async getFileHandle(name: string, options: { create?: boolean } = {}): Promise<FakeFile> {
    return this.#get(name, options, () => new FakeFile(this.disk, name)) as FakeFile;
  }

  async getDirectoryHandle(name: string, options: { create?: boolean } = {}): Promise<FakeDirectory> {
    return this.#get(name, options, () => new FakeDirectory(this.disk)) as FakeDirectory;
  }

  async *entries(): AsyncGenerator<readonly [string, Entry]> {
    yield* [...this.children];
  }

  async *keys(): AsyncGenerator<string> {
    yield* [...this.children.keys()];
  }

  async removeEntry(name: string): Promise<void> {
    this.disk.beforeChange();
    if (!this.children.delete(name)) throw new DOMException("nothing there", "NotFoundError");
  }

  #get(name: string, { create = false }: { create?: boolean }, make: () => Entry): Entry {
    const entry = this.children.get(name) ?? (create ? make() : undefined);
    if (entry === undefined) throw new DOMException("nothing there", "NotFoundError");
    this.children.set(name, entry);
    return entry;
  }
}

function copyInto(from: FakeDirectory, to: FakeDirectory): void {
  for (const [name, entry] of from.children) {
    if (entry.kind === "directory") {
      const directory = new FakeDirectory(to.disk);
      to.children.set(name, directory);
      copyInto(entry, directory);
    } else {
      const file = new FakeFile(to.disk, name);
      file.take(entry.bytes.slice());
      to.children.set(name, file);
    }
  }
}
