/**
 * Fits out a fresh Lua state: opens the libraries, runs sandbox.lua (and, under strategy Y, the Lua versions of what C
 * could not suspend), then the preludes. A state that begins as an image of one that is fitted out only gets its functions.
 * @module
 */

import { failureText } from "../border/failure.ts";
import { pushText } from "../border/text.ts";
import type { Guard } from "../guard/guard.ts";
import { LuaRunError, type Prelude } from "../interface.ts";
import type { Dispatcher } from "../waiting/dispatcher.ts";
import type { Yielding } from "../waiting/yielding.ts";
import type { ChunkCache } from "../wasm/chunk-cache.ts";
import type { LuaInstance } from "../wasm/instance.ts";
import { loadText } from "../wasm/load-text.ts";
import { LUA_REGISTRYINDEX, luaStatus } from "../wasm/wasm-exports.ts";
import packageSource from "./package.lua?raw";
import sandboxSource from "./sandbox.lua?raw";

/** Registry references of what the VM needs later. */
export interface WorldRefs {
  /** The table `primitives.exports`. */
  readonly exports: number;
  /** A function that marks a thread as a run's own; only under strategy Y. */
  readonly markRoot: number | undefined;
  readonly primitives: number;
  /** The set of chunk names whose functions user code may not look into. */
  readonly trusted: number;
  /** Lua's own string.dump and math.randomseed. */
  readonly dump: number;
  readonly seed: number;
  /** The number of the first host function of preludes. */
  readonly firstFunction: number;
}

export interface World {
  readonly refs: WorldRefs;
  /** Runs one more prelude, inside a protected job. @throws LuaRunError when it does not compile or fails */
  install(L: number, prelude: Prelude): void;
}

export interface SandboxParts {
  readonly instance: LuaInstance;
  readonly guard: Guard;
  readonly dispatcher: Dispatcher;
  /** Under strategy Y. */
  readonly yielding: Yielding | undefined;
  readonly chunks: ChunkCache | undefined;
  /** It compiles for itself and keeps Lua's own seeds, so that all of these are alike. */
  readonly frozen: boolean;
}

const ownChunks = ["=sandbox", "=coroutine", "=yieldable", "=luajit"];

/**
 * Call it inside a protected job on `L`. `from`: the state is the image of one with these references, made of the same
 * preludes. @throws LuaRunError when a prelude does not compile or fails
 */
export function furnish(
  L: number,
  parts: SandboxParts,
  preludes: readonly Prelude[],
  from: WorldRefs | undefined,
): World {
  const { instance, dispatcher } = parts;
  const { x } = instance;
  const functions = declareAll(parts, preludes);
  const refs = from ?? build(L, parts, preludes, functions);
  if (!parts.frozen) reseed(L, instance, refs);
  const install = (state: number, prelude: Prelude) => {
    x.lua_rawgeti(state, LUA_REGISTRYINDEX, BigInt(refs.trusted));
    trust(instance, state, prelude.name);
    x.lua_settop(state, -2);
    runPrelude(parts, state, prelude, declare(dispatcher, prelude), refs);
  };
  return { refs, install };
}

/** Numbers of host functions by their names. */
type Declared = ReadonlyMap<string, number>;

interface Functions {
  readonly isStopped: number;
  readonly isPaused: number;
  readonly preludes: readonly Declared[];
}

/** Functions that are declared before those of preludes. */
const QUESTIONS = 2;

/** Always in the same order: an image calls them by number. */
function declareAll({ dispatcher, guard }: SandboxParts, preludes: readonly Prelude[]): Functions {
  return {
    isStopped: dispatcher.declareQuestion(() => guard.current?.stopped !== undefined),
    isPaused: dispatcher.declareQuestion(() => guard.current?.paused === true),
    preludes: preludes.map((prelude) => declare(dispatcher, prelude)),
  };
}

const declare = (dispatcher: Dispatcher, { functions = {} }: Prelude): Declared =>
  new Map(Object.entries(functions).map(([name, spec]) => [name, dispatcher.declare(spec)]));

function build(L: number, parts: SandboxParts, preludes: readonly Prelude[], functions: Functions): WorldRefs {
  const { instance, dispatcher, yielding } = parts;
  const { x } = instance;
  const top = x.lua_gettop(L);
  x.lua_checkstack(L, 20);
  const pushRef = (ref: number) => void x.lua_rawgeti(L, LUA_REGISTRYINDEX, BigInt(ref));
  const takeRef = () => x.luaL_ref(L, LUA_REGISTRYINDEX);
  const pushField = (table: number, ...keys: string[]) => {
    pushRef(table);
    for (const key of keys) {
      pushText(instance, L, key);
      x.lua_rawget(L, -2);
      x.lua_rotate(L, -2, 1);
      x.lua_settop(L, -2);
    }
  };

  const raw = openLibraries(L, parts);
  // Taken before sandbox.lua cuts the library down, and gone before user code comes.
  pushField(raw, "string", "dump");
  const dump = takeRef();
  pushField(raw, "math", "randomseed");
  const seed = takeRef();

  let trusted = 0;
  runChunk(parts, L, "=sandbox", sandboxSource + packageSource, dump, 1, () => {
    pushRef(raw);
    dispatcher.push(L, functions.isStopped);
    pushTrusted(instance, L, preludes);
    x.lua_pushvalue(L, -1);
    trusted = takeRef();
    return 3;
  });
  const primitives = takeRef();

  let markRoot: number | undefined;
  if (yielding) {
    runChunk(parts, L, "=coroutine", yielding.coroutineSource, dump, 1, () => {
      pushField(raw, "coroutine");
      // The address that stands for a wait.
      x.lua_pushlightuserdata(L, instance.cell);
      dispatcher.push(L, functions.isPaused);
      return 3;
    });
    markRoot = takeRef();
    runChunk(parts, L, "=yieldable", yielding.yieldableSource, dump, 0, () => {
      pushField(raw, "debug", "getmetatable");
      return 1;
    });
  }

  for (const [index, prelude] of preludes.entries()) {
    runPrelude(parts, L, prelude, functions.preludes[index] ?? new Map(), { primitives, dump });
  }
  pushField(primitives, "exports");
  const exports = takeRef();
  x.lua_settop(L, top);
  return { exports, markRoot, primitives, trusted, dump, seed, firstFunction: QUESTIONS };
}

function runPrelude(
  parts: SandboxParts,
  L: number,
  { name, source }: Prelude,
  functions: Declared,
  { primitives, dump }: Pick<WorldRefs, "primitives" | "dump">,
): void {
  const { instance, dispatcher } = parts;
  const { x } = instance;
  runChunk(parts, L, name, source, dump, 0, () => {
    x.lua_createtable(L, 0, functions.size);
    for (const [key, id] of functions) {
      pushText(instance, L, key);
      dispatcher.push(L, id);
      x.lua_rawset(L, -3);
    }
    x.lua_rawgeti(L, LUA_REGISTRYINDEX, BigInt(primitives));
    return 2;
  });
}

/** Lua's own seed is the second of the clock: VMs made within one would give the same random numbers. */
function reseed(L: number, { x, bridge }: LuaInstance, { seed }: WorldRefs): void {
  x.lua_rawgeti(L, LUA_REGISTRYINDEX, BigInt(seed));
  for (const word of crypto.getRandomValues(new Uint32Array(2))) bridge.push_integer(L, word);
  x.lua_pcallk(L, 2, 0, 0, 0, 0);
}

/** A registry reference to the table of the libraries as Lua opens them. */
function openLibraries(L: number, { instance }: SandboxParts): number {
  const { x } = instance;
  x.lua_createtable(L, 0, instance.slots.libraries.size + 1);
  for (const [name, open] of instance.slots.libraries) {
    pushText(instance, L, name);
    const pointer = x.lua_tolstring(L, -1, 0);
    x.luaL_requiref(L, pointer, open, 1);
    x.lua_rawset(L, -3);
  }
  pushText(instance, L, "newuserdata");
  x.lua_pushcclosure(L, instance.slots.newUserdata, 0);
  x.lua_rawset(L, -3);
  return x.luaL_ref(L, LUA_REGISTRYINDEX);
}

/** Names of the chunks whose functions user code may not look into. */
function pushTrusted(instance: LuaInstance, L: number, preludes: readonly Prelude[]): void {
  const { x } = instance;
  x.lua_createtable(L, 0, preludes.length + ownChunks.length);
  for (const name of [...ownChunks, ...preludes.map((prelude) => prelude.name)]) trust(instance, L, name);
}

/** `name` into the table on top. */
function trust(instance: LuaInstance, L: number, name: string): void {
  pushText(instance, L, name);
  instance.x.lua_pushboolean(L, 1);
  instance.x.lua_rawset(L, -3);
}

function runChunk(
  { instance, chunks, frozen }: SandboxParts,
  L: number,
  name: string,
  source: string,
  dump: number,
  results: number,
  pushArguments: () => number,
): void {
  const { x } = instance;
  const cache = frozen ? undefined : chunks;
  let status = cache ? cache.load(instance, L, name, source, dump) : loadText(instance, L, source, name);
  if (status === luaStatus.ok) status = x.lua_pcallk(L, pushArguments(), results, 0, 0, 0);
  if (status === luaStatus.ok) return;
  const text = failureText(instance, L);
  const kind = status === luaStatus.syntax ? "syntax" : "runtime";
  throw new LuaRunError(kind, `the Lua prelude ${name} failed: ${text}`);
}
