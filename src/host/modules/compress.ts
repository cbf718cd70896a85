/**
 * The module `compress`: whole texts in and out. Without brotli and zstd, which no platform here has for sure.
 * @module
 */
import { concatBytes } from "../../base/bytes/concat-bytes.ts";
import { LuaRaise } from "../../lua/interface.ts";
import type { ZlibStream } from "../bundle/zlib-stream.ts";
import type { BuiltInModule } from "./services.ts";

/** zlib's windowBits say what is around the data. */
const windows = { gzip: 31, deflate: -15, zlib: 15 } as const;
const absent = ["brotli", "zstd"] as const;
const defaultSize = 128 * 2 ** 20;
const mostSize = 2 ** 30;
/** A piece of this size can become a thousand times as much before the limit is looked at. */
const pieceBytes = 16 * 1024;

/** The codec is a file of its own: the Lua package `zlib` has the same. */
export const compressModule =
  (Stream: typeof ZlibStream): BuiltInModule =>
  ({ arg, defineModule, fn, luaError, t }) => {
    const returns = [t.string, t.optional(t.luaError)];
    const invalid = (message: string) => luaError(message, { kind: "Invalid", retryable: false });
    const bytesOf = (value: unknown, name: string): Uint8Array => {
      const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
      if (!(bytes instanceof Uint8Array)) throw invalid(`${name}: data must be a string`);
      if (bytes.length === 0) throw invalid(`${name}: the data is empty`);
      return bytes;
    };
    const whole = (value: unknown, name: string, [least, most]: readonly [number, number]): number => {
      if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
      throw invalid(`${name} must be an integer from ${least} to ${most}`);
    };
    const params = [arg.any("data").opt(), arg.table("options").opt()] as const;
    const optionOf = (options: unknown, key: string): unknown =>
      typeof options === "object" && options !== null ? (options as Readonly<Record<string, unknown>>)[key] : undefined;

    const method = (format: keyof typeof windows) => ({
      encode: fn({
        params,
        returns,
        run: (_call, data, options) => {
          const name = `compress.${format}.encode`;
          const bytes = bytesOf(data, name);
          const level = whole(optionOf(options, "level") ?? 6, `${name}: level`, [1, 9]);
          return new Stream("deflate", level, windows[format]).push(bytes, "finish").output;
        },
      }),
      decode: fn({
        params,
        returns,
        run: (_call, data, options) => {
          const name = `compress.${format}.decode`;
          const bytes = bytesOf(data, name);
          const most = whole(optionOf(options, "max_size") ?? defaultSize, `${name}: max_size`, [1, mostSize]);
          const stream = new Stream("inflate", 0, windows[format]);
          const pieces: Uint8Array[] = [];
          let size = 0;
          let ended = false;
          for (let at = 0; at < bytes.length && !ended; at += pieceBytes) {
            const piece = inflated(stream, bytes.subarray(at, at + pieceBytes), name);
            ended = piece.ended;
            size += piece.output.length;
            if (size > most) {
              throw luaError(`${name}: the data is larger than ${most} bytes`, { kind: "Internal", retryable: false });
            }
            pieces.push(piece.output);
          }
          if (!ended) throw invalid(`${name}: the data ends too early`);
          return concatBytes(pieces);
        },
      }),
    });

    const inflated = (stream: ZlibStream, piece: Uint8Array, name: string) => {
      try {
        return stream.push(piece, "none");
      } catch (thrown) {
        if (!(thrown instanceof LuaRaise)) throw thrown;
        throw invalid(`${name}: ${thrown.message.replace(/^InvalidInput: /, "")}`);
      }
    };

    const missing = (format: string) => {
      const refuse = fn({
        params,
        returns,
        run: () => {
          throw luaError(`compress.${format} is not available here; use gzip, deflate or zlib`, {
            kind: "Unavailable",
            retryable: false,
          });
        },
      });
      return { encode: refuse, decode: refuse };
    };

    const members = Object.entries({
      ...Object.fromEntries(
        (Object.keys(windows) as (keyof typeof windows)[]).map((format) => [format, method(format)]),
      ),
      ...Object.fromEntries(absent.map((format) => [format, missing(format)])),
    });
    return defineModule({
      name: "compress",
      description: "Compresses and decompresses texts: gzip, deflate, zlib",
      class: ["encoding", "deterministic"],
      argErrors: "return",
      lua:
        "local functions = ... local out = {} " +
        'for name, f in next, functions do local format, method = name:match("^(%a+)%.(%a+)$") ' +
        "out[format] = out[format] or {} out[format][method] = f end return out",
      functions: Object.fromEntries(
        members.flatMap(([format, functions]) =>
          Object.entries(functions).map(([name, each]) => [`${format}.${name}`, each]),
        ),
      ),
    });
  };
