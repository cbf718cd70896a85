/**
 * The module `ffi` of LuaJIT for one VM. Types are parsed here, objects live in Lua; calls of libraries go to a bridge.
 * @module
 */
import {
  type HostFunctions,
  LuaRaise,
  type LuaReader,
  type LuaResults,
  type LuaValue,
  type Prelude,
  results,
} from "../lua/interface.ts";
import type { BridgeLink } from "../process/bridge/link.ts";
import { BridgeLibraries } from "./bridge-libraries.ts";
import { CdefError } from "./c/cdef-error.ts";
import callsSource from "./lua/calls.lua?raw";
import cdataSource from "./lua/cdata.lua?raw";
import convertSource from "./lua/convert.lua?raw";
import int64Source from "./lua/int64.lua?raw";
import librarySource from "./lua/library.lua?raw";
import memorySource from "./lua/memory.lua?raw";
import operatorsSource from "./lua/operators.lua?raw";
import standardSource from "./lua/standard.lua?raw";
import { nativeFunctions } from "./native-functions.ts";
import { type LuaParameter, TypeWorld } from "./type-world.ts";

export interface FfiOptions {
  /** `vulcan.os.info()`. */
  readonly os: string;
  readonly arch: string;
  /** What carries out calls; absent: everything that needs no library works. */
  readonly bridge?: (() => Promise<BridgeLink>) | undefined;
}

/** Run them in this order on a VM; the module is in `package.preload.ffi` then. */
export function ffiPreludes(options: FfiOptions): readonly Prelude[] {
  const world = new TypeWorld();
  const native = options.bridge === undefined ? undefined : new BridgeLibraries(options.bridge);
  const typing = typeFunctions(world, options);
  return [
    { name: "=ffi.memory", source: memorySource },
    { name: "=ffi.int64", source: int64Source },
    { name: "=ffi.cdata", source: cdataSource, functions: typing },
    { name: "=ffi.convert", source: convertSource },
    { name: "=ffi.operators", source: operatorsSource },
    { name: "=ffi.library", source: librarySource, functions: typing },
    { name: "=ffi.standard", source: standardSource },
    { name: "=ffi.calls", source: callsSource, functions: { ...typing, ...nativeFunctions(world, native) } },
  ];
}

const systems: Readonly<Record<string, string>> = { linux: "Linux", macos: "OSX", darwin: "OSX", windows: "Windows" };

function typeFunctions(world: TypeWorld, { os }: FfiOptions): HostFunctions {
  return {
    // Layout is that of x64, wherever the sandbox is: what packages are written for.
    info: () => ({ os: systems[os] ?? "Linux", arch: "x64" }),
    cdef: (args) =>
      declared(() => {
        world.declare(text(args), parameters(args));
        return undefined;
      }),
    /** text, parameters? → handle, and whether the text means the same type every time */
    parse: (args) =>
      declared(() => {
        const source = text(args);
        return results(world.parse(source, parameters(args)), !source.includes("{"));
      }),
    describe: (args) => world.describe(args.number(1)),
    symbol: (args) => world.symbol(text(args)),
    pointer_to: (args) => declared(() => world.pointerTo(args.number(1))),
    reference_to: (args) => declared(() => world.referenceTo(args.number(1))),
  };
}

/** Declarations that are not UTF-8 have nothing to declare but comments. */
function text(args: LuaReader): string {
  return args.text(1) ?? new TextDecoder("latin1").decode(args.bytes(1));
}

function parameters(args: LuaReader): readonly LuaParameter[] {
  const list = args.value(2);
  return Array.isArray(list) ? (list as LuaParameter[]) : [];
}

function declared<T extends LuaValue | LuaResults>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof CdefError) throw new LuaRaise(error.message);
    throw error;
  }
}
