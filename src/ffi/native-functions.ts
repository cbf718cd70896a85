/**
 * The host functions behind `ffi.C` and `ffi.load` (lua/calls.lua).
 * @module
 */
import { messageOf } from "../base/message-of.ts";
import {
  type HostCallContext,
  type HostFunctions,
  LuaRaise,
  type LuaReader,
  type LuaResults,
  type LuaValue,
  results,
} from "../lua/interface.ts";
import type { NativeAnswer, NativeBlock, NativeFunction, NativeLibraries, NativeValue } from "./native-libraries.ts";
import type { TypeWorld } from "./type-world.ts";
import { signatureOf, wireType } from "./wire-type.ts";

export function nativeFunctions(world: TypeWorld, native: NativeLibraries | undefined): HostFunctions {
  const libraries = (wanted: string): NativeLibraries => {
    if (native === undefined) throw new LuaRaise(missing(wanted));
    return native;
  };
  const waiting = (work: (args: LuaReader, context: HostCallContext) => Promise<LuaValue>) => ({
    waits: (args: LuaReader, context: HostCallContext) => work(args, context).catch(raise),
  });
  const functions = new CalledFunctions(world);
  return {
    has_bridge: () => native !== undefined,
    open: waiting(async (args, { signal }) => {
      const name = args.text(1) ?? "";
      const global = args.boolean(2);
      return libraries(`the library '${name}'`).open(name, global, signal);
    }),
    resolve: waiting(async (args, { signal }) => {
      const library = args.number(1);
      const symbol = args.text(2) ?? "";
      await libraries(`the C function '${symbol}'`).resolve(library, symbol, signal);
      return undefined;
    }),
    // library, symbol, handle of its type, errno, blocks?, freed?, arguments… → errno, value, blocks?
    call: {
      waits: (args, { signal }) => {
        const values: LuaArgument[] = [];
        for (let i = 7; i <= args.count; i++) values.push((args.value(i) ?? {}) as unknown as LuaArgument);
        const called = functions.called(args.number(1), args.text(2) ?? "", args.number(3), values);
        const call = {
          values: values.map(argument),
          blocks: asList(args.value(5) as unknown as readonly LuaBlock[] | undefined).map(block),
          freed: asList(args.value(6) as unknown as readonly number[] | undefined),
          errno: args.number(4),
        };
        return libraries(`the C function '${called.symbol}'`).call(called, call, signal).then(answered, raise);
      },
    },
    read: waiting(async (args, { signal }) =>
      libraries("native memory").read(address(args, 1), args.number(2), signal),
    ),
    write: waiting(async (args, { signal }) => {
      await libraries("native memory").write(address(args, 1), args.bytes(2), signal);
      return undefined;
    }),
    length: waiting(async (args, { signal }) => libraries("native memory").textLength(address(args, 1), signal)),
  };
}

function missing(wanted: string): string {
  return (
    `${wanted} needs the native bridge: a sandbox has no native libraries. Start one with ` +
    "`luaskills-wasm bridge --library NAME` and give the runtime its address (docs/bridge.md); everything of ffi that needs no library works without"
  );
}

function raise(error: unknown): never {
  if (error instanceof LuaRaise) throw error;
  throw new LuaRaise(messageOf(error));
}

// ── shapes of lua/calls.lua ──────────────────────────────────────────────────────────────────────────────────────

type LuaArgument = number | bigint | LuaObject;

interface LuaObject {
  /** Handle of the type, for one behind `...`. */
  readonly t?: number;
  readonly n?: number | bigint;
  readonly a?: number | bigint;
  readonly b?: number;
  readonly o?: number;
  readonly s?: string | Uint8Array;
}

interface LuaBlock {
  readonly id: number;
  readonly bytes: string | Uint8Array;
  readonly constant?: boolean;
  readonly links: readonly (readonly [number, number, number])[];
}

/** An empty table of Lua may come as an object. */
const asList = <T>(value: readonly T[] | undefined): readonly T[] => (Array.isArray(value) ? value : []);

const encoder = new TextEncoder();
const asBytes = (value: string | Uint8Array) => (typeof value === "string" ? encoder.encode(value) : value);

function argument(value: LuaArgument): NativeValue {
  if (typeof value !== "object") return { number: value };
  const { n, a, b, o, s } = value;
  if (b !== undefined) return { block: b, offset: o ?? 0 };
  if (a !== undefined) return { address: BigInt(a) };
  if (s !== undefined) return { bytes: asBytes(s) };
  return { number: n ?? 0 };
}

function block({ id, bytes, constant, links }: LuaBlock): NativeBlock {
  return { id, bytes: asBytes(bytes), constant: constant === true, links: asList(links) };
}

function address(args: LuaReader, index: number): bigint {
  const value = args.value(index);
  return typeof value === "bigint" ? value : BigInt(Math.trunc(Number(value ?? 0)));
}

function answered({ value, blocks, errno }: NativeAnswer): LuaResults {
  const changed = blocks.map(({ id, bytes, links }) => ({ id, bytes, links: links.map((link) => [...link]) }));
  return results(errno, value && luaValue(value), changed.length > 0 ? changed : undefined);
}

function luaValue(value: NativeValue): LuaValue {
  if ("block" in value) return { b: value.block, o: value.offset };
  if ("address" in value) return { a: value.address };
  if ("bytes" in value) return { s: value.bytes };
  const { number } = value;
  return typeof number === "bigint" ? BigInt.asIntN(64, number) : number;
}

/** What was called before has its signature. */
class CalledFunctions {
  readonly #known = new Map<string, NativeFunction>();

  constructor(private readonly world: TypeWorld) {}

  called(library: number, symbol: string, handle: number, values: readonly LuaArgument[]): NativeFunction {
    const behind: number[] = [];
    for (const each of values) if (typeof each === "object" && each.t !== undefined) behind.push(each.t);
    const key = `${library} ${handle} ${behind} ${symbol}`;
    let found = this.#known.get(key);
    if (found === undefined) {
      const types = behind.map((each) => wireType(this.world.use(each)));
      found = { library, symbol, signature: signatureOf(this.world, handle, types) };
      this.#known.set(key, found);
    }
    return found;
  }
}
