/**
 * One zlib stream: pieces in, pieces out.
 * @module
 */

import { deflate, deflateInit2 } from "pako/lib/zlib/deflate.js";
import { inflate, inflateInit2 } from "pako/lib/zlib/inflate.js";
import ZStream from "pako/lib/zlib/zstream.js";
import { concatBytes } from "../../base/bytes/concat-bytes.ts";
import { charge } from "../../base/work.ts";
import { LuaRaise } from "../../lua/interface.ts";

export type ZlibFlush = "none" | "sync" | "full" | "finish";

export interface ZlibPiece {
  readonly output: Uint8Array;
  /** The end of the stream was written or read. */
  readonly ended: boolean;
  /** Bytes of the input that belong to the stream. */
  readonly taken: number;
}

const flushes: Readonly<Record<ZlibFlush, number>> = { none: 0, sync: 2, full: 3, finish: 4 };
const streamEnd = 1;
const bufferError = -5;
const pieceBytes = 64 * 1024;
/** Of input: some milliseconds. */
const partBytes = 64 * 1024;
/** A small input can stand for a big output: what one piece may become. */
const mostOutput = 64 * 2 ** 20;

export class ZlibStream {
  readonly #stream = new ZStream();
  readonly #work: (flush: number) => number;

  /** `window`: zlib's windowBits. @throws LuaRaise for values zlib refuses */
  constructor(kind: "deflate" | "inflate", level: number, window: number) {
    const stream = this.#stream;
    const status = kind === "deflate" ? deflateInit2(stream, level, 8, window, 8, 0) : inflateInit2(stream, window);
    if (status !== 0) throw new LuaRaise(`zlib: invalid level or window size (${level}, ${window})`);
    this.#work = kind === "deflate" ? (flush) => deflate(stream, flush) : (flush) => inflate(stream, flush);
  }

  /** @throws LuaRaise for data that is no stream of zlib's, and for too much output */
  push(input: Uint8Array, flush: ZlibFlush): ZlibPiece {
    const stream = this.#stream;
    const pieces: Uint8Array[] = [];
    let size = 0;
    let taken = 0;
    let status = 0;
    // In parts: text that is easy to compress gives little output, after which one could look at the clock.
    for (let at = 0; (at < input.length || at === 0) && status !== streamEnd; at += partBytes) {
      stream.input = input.subarray(at, at + partBytes);
      stream.next_in = 0;
      stream.avail_in = stream.input.length;
      const isLast = at + partBytes >= input.length;
      do {
        charge(pieceBytes / 2, 0);
        stream.output = new Uint8Array(pieceBytes);
        stream.next_out = 0;
        stream.avail_out = pieceBytes;
        status = this.#work(flushes[isLast ? flush : "none"]);
        if (status < 0 && status !== bufferError)
          throw new LuaRaise(`InvalidInput: ${stream.msg || "the data is damaged"}`);
        if (status === 2) throw new LuaRaise("zlib: the data needs a dictionary");
        if (stream.next_out > 0) pieces.push(stream.output.slice(0, stream.next_out));
        charge(0, stream.next_out);
        size += stream.next_out;
        if (size > mostOutput)
          throw new LuaRaise(`zlib: more than ${mostOutput} bytes from one piece; take smaller pieces`);
      } while (stream.avail_out === 0 && status !== streamEnd);
      taken += stream.next_in;
    }
    const [first] = pieces;
    const output = first && pieces.length === 1 ? first : concatBytes(pieces);
    return { output, ended: status === streamEnd, taken };
  }
}
