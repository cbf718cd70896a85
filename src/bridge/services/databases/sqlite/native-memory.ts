import type { Pointer, SqliteMemory } from "../../../../sqlite/wasm/sqlite-api.ts";
import type { SqliteLibrary } from "./sqlite-library.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const empty = new Uint8Array(0);

/** The memory of this very process, as far as SQLite gave addresses of it. */
export class NativeMemory implements SqliteMemory {
  readonly pointerBytes = 8;
  #scratch: Pointer = 0;
  #scratchBytes = 0;

  constructor(private readonly library: SqliteLibrary) {}

  view(address: Pointer, length: number): Uint8Array {
    return address === 0 || length === 0 ? empty : new Uint8Array(this.library.koffi.view(BigInt(address), length));
  }

  pointerAt(address: Pointer): Pointer {
    return Number(dataView(this.view(address, 8)).getBigUint64(0, true));
  }

  putPointer(address: Pointer, value: Pointer): void {
    dataView(this.view(address, 8)).setBigUint64(0, BigInt(value), true);
  }

  text(address: Pointer, length: number): string | undefined {
    try {
      return decoder.decode(this.view(address, length));
    } catch {
      return undefined;
    }
  }

  cString(address: Pointer): string {
    return address === 0 ? "" : this.library.koffi.decode(BigInt(address), "char", -1);
  }

  putText(text: string): { pointer: Pointer; length: number } {
    const bytes = Buffer.from(`${text}\0`);
    return { pointer: this.#put(bytes), length: bytes.length - 1 };
  }

  putBytes(content: Uint8Array): Pointer {
    return this.#put(content);
  }

  /** Ours until the next call. */
  #put(content: Uint8Array): Pointer {
    const { exports } = this.library.functions;
    if (content.length >= this.#scratchBytes) {
      exports.free(this.#scratch);
      this.#scratchBytes = Math.max(content.length + 1, 4096, 2 * this.#scratchBytes);
      this.#scratch = exports.malloc(this.#scratchBytes);
      if (this.#scratch === 0) {
        this.#scratchBytes = 0;
        throw new Error("out of memory");
      }
    }
    this.view(this.#scratch, content.length).set(content);
    return this.#scratch;
  }
}

const dataView = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
