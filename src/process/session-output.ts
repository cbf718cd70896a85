import { concatBytes } from "../base/bytes/concat-bytes.ts";
import { timerMs } from "../base/timers.ts";
import type { SessionBytes, SessionRead } from "./interface.ts";

/** What a session's program has written and nobody has read yet, and the waiting for it (vulcan-api.md §10.3). */
export class SessionOutput {
  readonly #streams: { readonly stdout: LastBytes; readonly stderr: LastBytes };
  readonly #waiting = new Set<() => void>();
  #ended = false;

  /** @param limitBytes kept of each stream; the oldest are dropped */
  constructor(limitBytes: number) {
    this.#streams = { stdout: new LastBytes(limitBytes), stderr: new LastBytes(limitBytes) };
  }

  /** Bytes that wait to be read. */
  size(stream: "stdout" | "stderr"): number {
    return this.#streams[stream].size;
  }

  push(stream: "stdout" | "stderr", bytes: Uint8Array): void {
    this.#streams[stream].push(bytes);
    this.#wake();
  }

  /** Nothing more comes: nobody waits any longer. Idempotent. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** @param signal ends the wait; what has come is given */
  async read({ timeoutMs, maxBytes, untilBytes }: SessionRead, signal?: AbortSignal): Promise<SessionBytes> {
    const end = performance.now() + timeoutMs;
    const isReady = () => this.#isReady(untilBytes);
    for (let left = timeoutMs; !isReady() && left > 0 && !signal?.aborted; left = end - performance.now()) {
      await this.#change(left, signal);
    }
    const timedOut = !isReady();
    const { stdout, stderr } = this.#streams;
    return { stdout: stdout.take(maxBytes), stderr: stderr.take(maxBytes), timedOut };
  }

  #isReady(untilBytes: Uint8Array | undefined): boolean {
    if (this.#ended) return true;
    const streams = Object.values(this.#streams);
    return streams.some((stream) => (untilBytes ? stream.includes(untilBytes) : stream.size > 0));
  }

  #change(withinMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timerMs(withinMs));
      signal?.addEventListener("abort", done);
      this.#waiting.add(done);
    });
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done();
  }
}

/** The last bytes of a stream: what does not fit pushes the oldest out. */
class LastBytes {
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
    const [first] = wanted;
    if (first === undefined) return true;
    const last = this.#bytes.length - wanted.length;
    for (let at = this.#bytes.indexOf(first); at >= 0 && at <= last; at = this.#bytes.indexOf(first, at + 1)) {
      if (wanted.every((byte, i) => this.#bytes[at + i] === byte)) return true;
    }
    return false;
  }

  take(most: number): Uint8Array {
    const taken = this.#bytes.slice(0, most);
    this.#bytes = this.#bytes.subarray(most);
    return taken;
  }
}
