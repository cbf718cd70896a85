/**
 * Streams and scanners as Lua sees them.
 * @module
 */
import { oncePer } from "../../../base/once-per.ts";
import type { LuaType } from "../../../modules/definition/interface.ts";
import type { ModuleKit } from "../services.ts";
import type { ByteStream } from "./byte-stream.ts";
import { Scanner, type Split, splits } from "./scanner.ts";

type Kit = ModuleKit;

/** @throws LuaError `Invalid` for a split that there is not */
export function splitOf({ luaError }: Pick<Kit, "luaError">, given: string): Split {
  const split = splits.find((each) => each === given);
  if (split) return split;
  throw luaError(`invalid split type: ${given}; there are ${splits.join(", ")}`, { kind: "Invalid", retryable: false });
}

const whences = ["set", "cur", "end"] as const;

/** @throws LuaError `Invalid` for a place that there is not */
export function moved({ luaError }: Pick<Kit, "luaError">, stream: ByteStream, whence: string, offset: number): number {
  const invalid = (message: string) => luaError(message, { kind: "Invalid", retryable: false });
  const known = whences.find((each) => each === whence);
  if (!known) throw invalid(`invalid whence: ${whence}; there are ${whences.join(", ")}`);
  const position = stream.seek(known, offset);
  if (position === undefined) throw invalid("seek: the position is before the start");
  return position;
}

/** One type for all modules that scan. */
export const scannerType = oncePer(
  ({ defineType, fn, luaError, t }: Kit): LuaType =>
    defineType("stream.Scanner", {
      of: Scanner,
      methods: {
        scan: fn({ returns: [t.boolean], run: (_call, self: Scanner) => self.scan() }),
        text: fn({ returns: [t.string], run: (_call, self: Scanner) => self.token }),
        err: fn({
          returns: [t.optional(t.luaError)],
          run: (_call, self: Scanner) =>
            self.failure === undefined ? undefined : luaError(self.failure, { kind: "Internal", retryable: false }),
        }),
      },
    }),
);

/** `of`: a class of its own for each module, so that instances of another one are not taken for it. */
export function streamType(
  kit: Kit,
  name: string,
  of: new (...args: never[]) => ByteStream,
  scanner: LuaType,
): LuaType {
  const { arg, defineType, fn, luaError, t } = kit;
  const failure = (message: string) => luaError(message, { kind: "Internal", retryable: false });
  const alive = (self: ByteStream, needs?: "readable" | "writable"): ByteStream => {
    if (!self.isOpen) throw failure("the stream is closed");
    if (needs && !self.mode[needs]) throw failure(`the stream is not ${needs}`);
    return self;
  };
  const fallible = t.optional(t.luaError);
  return defineType(name, {
    of,
    methods: {
      read: fn({
        params: [arg.int("size").opt(0)],
        returns: [t.optional(t.string), fallible],
        run: (_call, self: ByteStream, size: number) => alive(self, "readable").read(size),
      }),
      write: fn({
        params: [arg.bytes("data")],
        returns: [t.integer, fallible],
        run: (_call, self: ByteStream, data: Uint8Array) => alive(self, "writable").write(data),
      }),
      seek: fn({
        params: [arg.string("whence").opt("cur"), arg.int("offset").opt(0)],
        returns: [t.integer, fallible],
        run: (_call, self: ByteStream, whence: string, offset: number) => moved(kit, alive(self), whence, offset),
      }),
      flush: fn({ returns: [t.boolean, fallible], run: (_call, self: ByteStream) => alive(self) && true }),
      stat: fn({
        returns: [t.table, fallible],
        run: (_call, self: ByteStream) => {
          const { size, position, mode } = alive(self);
          return { size, position, readable: mode.readable, writable: mode.writable, seekable: true };
        },
      }),
      scanner: fn({
        params: [arg.string("split").opt("lines")],
        returns: [scanner, fallible],
        run: (_call, self: ByteStream, split: string) => new Scanner(alive(self, "readable"), splitOf(kit, split)),
      }),
      close: fn({
        returns: [t.boolean, fallible],
        run: (_call, self: ByteStream) => {
          self.close();
          return true;
        },
      }),
    },
    metamethods: { __tostring: (_call, self) => (self.isOpen ? `${name}{}` : `${name}{closed}`) },
    dispose: (self) => self.close(),
  });
}
