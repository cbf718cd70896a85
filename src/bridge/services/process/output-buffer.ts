/** The last bytes of a stream: what does not fit pushes the oldest out. */
export class OutputBuffer {
  #bytes: Buffer = Buffer.alloc(0);
  #ended = false;

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.#bytes.length;
  }

  /** Nothing more comes. */
  get ended(): boolean {
    return this.#ended;
  }

  end(): void {
    this.#ended = true;
  }

  push(chunk: Buffer): void {
    const all = Buffer.concat([this.#bytes, chunk]);
    this.#bytes = all.subarray(Math.max(0, all.length - this.limit));
  }

  includes(wanted: Uint8Array): boolean {
    return this.#bytes.includes(Buffer.from(wanted.buffer, wanted.byteOffset, wanted.byteLength));
  }

  take(most: number): Uint8Array {
    const taken = this.#bytes.subarray(0, most);
    this.#bytes = this.#bytes.subarray(most);
    return taken;
  }
}
