/**
 * `zlib` with the surface of lua-zlib.
 * @module
 */
import { crc32, crcTable } from "../../base/bytes/crc32.ts";
import { charge } from "../../base/work.ts";
import { type HostFunctions, LuaRaise, type Prelude, results } from "../../lua/interface.ts";
import source from "./zlib.lua?raw";
import type { ZlibFlush, ZlibStream } from "./zlib-stream.ts";

/** Each holds some hundred kilobytes that do not count as memory of the VM. */
const mostStreams = 64;

/** The codec is a file of its own: the module `compress` has the same. */
export function zlibPreludes(Stream: typeof ZlibStream): readonly Prelude[] {
  return [{ name: "=zlib", source, functions: zlibFunctions(Stream) }];
}

function zlibFunctions(Stream: typeof ZlibStream): HostFunctions {
  const streams = new Map<number, ZlibStream>();
  let last = 0;
  return {
    /** kind, level, window → id */
    open: (args) => {
      if (streams.size >= mostStreams) {
        throw new LuaRaise(`zlib: more than ${mostStreams} streams are open; end them with "finish"`);
      }
      const kind = args.text(1) === "deflate" ? "deflate" : "inflate";
      const stream = new Stream(kind, args.number(2), args.number(3));
      streams.set(++last, stream);
      return last;
    },
    /** id, bytes, flush → bytes, whether that was the end, bytes taken */
    push: (args) => {
      const stream = streams.get(args.number(1));
      if (stream === undefined) throw new LuaRaise("zlib: the stream has ended");
      const { output, ended, taken } = stream.push(args.bytes(2), (args.text(3) ?? "none") as ZlibFlush);
      return results(output, ended, taken);
    },
    close: (args) => {
      streams.delete(args.number(1));
      return undefined;
    },
    crc32: (args) => crc32InParts(args.number(1), args.bytes(2)),
    adler32: (args) => adler32(args.number(1), args.bytes(2)),
    /** sum, sum of what comes behind, its length → sum of both */
    crc32_combine: (args) => crc32Combined(args.number(1), args.number(2), args.number(3)),
    adler32_combine: (args) => adler32Combined(args.number(1), args.number(2), args.number(3)),
  };
}

/** Between two bookings; as many as Adler's sums can hold before they have to be reduced. */
const summedBytes = 3800;

/** Goes on from `sum`. */
function crc32InParts(sum: number, bytes: Uint8Array): number {
  let value = sum >>> 0;
  for (let at = 0; at < bytes.length; at += summedBytes) {
    charge(summedBytes / 4);
    value = crc32(bytes.subarray(at, at + summedBytes), value);
  }
  return value;
}

function adler32(sum: number, bytes: Uint8Array): number {
  let a = sum & 0xffff;
  let b = sum >>> 16;
  for (let at = 0; at < bytes.length; ) {
    charge(summedBytes / 4);
    const end = Math.min(bytes.length, at + summedBytes);
    for (; at < end; at++) {
      a += bytes[at] ?? 0;
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return b * 65536 + a;
}

function crc32Combined(first: number, second: number, length: number): number {
  let value = first;
  for (let i = 0; i < length; i++) value = (value >>> 8) ^ (crcTable[value & 255] ?? 0);
  return (value ^ second) >>> 0;
}

function adler32Combined(first: number, second: number, length: number): number {
  const modulus = 65521;
  const [a1, b1] = [first & 0xffff, Math.floor(first / 65536)];
  const [a2, b2] = [second & 0xffff, Math.floor(second / 65536)];
  const a = (a1 + a2 - 1 + modulus) % modulus;
  const b = (b1 + b2 + (length % modulus) * (a1 - 1 + modulus)) % modulus;
  return b * 65536 + a;
}
