import { type LogFile, readFully } from "./files.ts";

const aheadBytes = 256 * 1024;

/** Reads a file forward in large steps: a call into the browser costs more than the bytes it brings. */
export class Window {
  #bytes = new Uint8Array(0);
  #from = 0;

  constructor(private readonly file: LogFile) {}

  /** A view, valid until the next call. Undefined past the end of the file. */
  bytes(at: number, length: number): Uint8Array | undefined {
    if (at < this.#from || at + length > this.#from + this.#bytes.length) {
      const left = this.file.size - at;
      if (left < length) return undefined;
      const wanted = new Uint8Array(Math.min(left, Math.max(length, aheadBytes)));
      const got = readFully(this.file, wanted, at);
      this.#bytes = wanted.subarray(0, got);
      this.#from = at;
      if (got < length) return undefined;
    }
    return this.#bytes.subarray(at - this.#from, at - this.#from + length);
  }
}
