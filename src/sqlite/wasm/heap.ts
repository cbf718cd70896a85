/**
 * Reading and writing sqlite's memory. Views are made anew when the memory grew.
 * @module
 */
import type { Pointer, SqliteMemory, SqliteModule } from "./sqlite-api.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenientDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();
/** Up to this length a loop over ASCII bytes beats the call into TextDecoder or TextEncoder. */
const shortText = 24;

export class Heap implements SqliteMemory {
  readonly pointerBytes = 4;
  readonly #memory: WebAssembly.Memory;
  readonly #exports: SqliteModule["wasm"]["exports"];
  #bytes: Uint8Array = new Uint8Array(0);
  #view = new DataView(new ArrayBuffer(0));
  #scratch: Pointer = 0;
  #scratchSize = 0;

  constructor(sqlite: SqliteModule) {
    this.#memory = sqlite.wasm.memory;
    this.#exports = sqlite.wasm.exports;
  }

  get bytes(): Uint8Array {
    if (this.#bytes.buffer !== this.#memory.buffer) {
      this.#bytes = new Uint8Array(this.#memory.buffer);
      this.#view = new DataView(this.#memory.buffer);
    }
    return this.#bytes;
  }

  pointerAt(address: Pointer): Pointer {
    this.bytes;
    return this.#view.getUint32(address, true);
  }

  putPointer(address: Pointer, value: Pointer): void {
    this.bytes;
    this.#view.setUint32(address, value, true);
  }

  view(address: Pointer, length: number): Uint8Array {
    return this.bytes.subarray(address, address + length);
  }

  text(address: Pointer, length: number): string | undefined {
    const bytes = this.bytes;
    if (length <= shortText) {
      let out = "";
      let at = address;
      for (const end = address + length; at < end; at++) {
        const byte = bytes[at] as number;
        if (byte > 127) break;
        out += String.fromCharCode(byte);
      }
      if (at === address + length) return out;
    }
    try {
      return decoder.decode(bytes.subarray(address, address + length));
    } catch {
      return undefined;
    }
  }

  cString(address: Pointer): string {
    if (address === 0) return "";
    const bytes = this.bytes;
    return lenientDecoder.decode(bytes.subarray(address, bytes.indexOf(0, address)));
  }

  /** At least `size` bytes of memory, ours until the next call of this method. */
  scratch(size: number): Pointer {
    if (size > this.#scratchSize) {
      this.#exports.free(this.#scratch);
      this.#scratchSize = Math.max(size, 4096, this.#scratchSize * 2);
      this.#scratch = this.#exports.malloc(this.#scratchSize);
      if (this.#scratch === 0) {
        this.#scratchSize = 0;
        throw new Error("out of memory");
      }
    }
    return this.#scratch;
  }

  /** Writes text as UTF-8 with a NUL behind it into scratch memory from `offset` on. */
  putText(text: string, offset = 0): { pointer: Pointer; length: number } {
    const most = text.length * 3 + 1;
    const pointer = this.scratch(offset + most) + offset;
    if (text.length <= shortText) {
      const { bytes } = this;
      let i = 0;
      for (; i < text.length; i++) {
        const unit = text.charCodeAt(i);
        if (unit > 127) break;
        bytes[pointer + i] = unit;
      }
      if (i === text.length) {
        bytes[pointer + i] = 0;
        return { pointer, length: i };
      }
    }
    const { written } = encoder.encodeInto(text, this.bytes.subarray(pointer, pointer + most - 1));
    this.bytes[pointer + written] = 0;
    return { pointer, length: written };
  }

  putBytes(content: Uint8Array): Pointer {
    const pointer = this.scratch(content.length + 1);
    this.bytes.set(content, pointer);
    return pointer;
  }
}
