/**
 * A stream in tokens: lines, words, bytes, or characters.
 * @module
 */
import type { ByteStream } from "./byte-stream.ts";

export const splits = ["lines", "words", "bytes", "runes"] as const;
export type Split = (typeof splits)[number];

const pieceBytes = 32 * 1024;
/** Of one token. */
const longestToken = 1024 * 1024;
const [lineFeed, carriageReturn] = [10, 13];

const isBlank = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13);

export class Scanner {
  token: Uint8Array = new Uint8Array(0);
  failure: string | undefined;
  #held: Uint8Array = new Uint8Array(0);
  #at = 0;
  #ended = false;

  constructor(
    private readonly stream: ByteStream,
    private readonly split: Split,
  ) {}

  /** Goes on to the next token; false at the end and after a failure. */
  scan(): boolean {
    if (this.failure !== undefined) return false;
    const found = this.#next();
    this.token = found ?? new Uint8Array(0);
    return found !== undefined;
  }

  #next(): Uint8Array | undefined {
    if (this.split === "bytes") return this.#take(1);
    if (this.split === "runes") return this.#rune();
    if (this.split === "words") {
      for (;;) {
        while (this.#at < this.#held.length && isBlank(this.#held[this.#at] as number)) this.#at++;
        if (this.#at < this.#held.length) break;
        if (!this.#more()) return undefined;
      }
    }
    const ends = this.split === "lines" ? (byte: number) => byte === lineFeed : isBlank;
    for (let length = 0; ; ) {
      while (this.#at + length < this.#held.length && !ends(this.#held[this.#at + length] as number)) length++;
      if (length > longestToken) {
        this.failure = "token too long";
        return undefined;
      }
      if (this.#at + length < this.#held.length) return this.#token(length, 1);
      if (this.#more()) continue;
      return length === 0 ? undefined : this.#token(length, 0);
    }
  }

  #token(length: number, separator: number): Uint8Array {
    const token = this.#held.slice(this.#at, this.#at + length);
    this.#at += length + separator;
    const endsInReturn = this.split === "lines" && token.at(-1) === carriageReturn;
    return endsInReturn ? token.subarray(0, -1) : token;
  }

  #rune(): Uint8Array | undefined {
    while (this.#held.length - this.#at < 4 && this.#more());
    const first = this.#held[this.#at];
    if (first === undefined) return undefined;
    const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
    return this.#take(length);
  }

  #take(length: number): Uint8Array | undefined {
    while (this.#held.length - this.#at < length && this.#more());
    const token = this.#held.slice(this.#at, this.#at + length);
    this.#at += token.length;
    return token.length === 0 ? undefined : token;
  }

  /** False at the end of the stream. */
  #more(): boolean {
    if (this.#ended) return false;
    const piece = this.stream.read(pieceBytes);
    if (piece === undefined) {
      this.#ended = true;
      return false;
    }
    const left = this.#held.subarray(this.#at);
    const held = new Uint8Array(left.length + piece.length);
    held.set(left);
    held.set(piece, left.length);
    this.#held = held;
    this.#at = 0;
    return true;
  }
}
