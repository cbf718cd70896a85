import { concatBytes } from "../../base/bytes/concat-bytes.ts";

/** The last bytes of a stream: what does not fit pushes the oldest out. */
export class LastBytes {
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.#bytes.length;
  }

  push(chunk: Uint8Array): void {
    const all = concatBytes([this.#bytes, chunk]);
    this.#bytes = all.subarray(Math.max(0, all.length - this.limit));
  }

  includes(wanted: Uint8Array): boolean {
    const last = this.#bytes.length - wanted.length;
    for (let at = 0; at <= last; at++) if (wanted.every((byte, i) => this.#bytes[at + i] === byte)) return true;
    return false;
  }

  take(most: number): Uint8Array {
    const taken = this.#bytes.slice(0, most);
    this.#bytes = this.#bytes.subarray(most);
    return taken;
  }
}
