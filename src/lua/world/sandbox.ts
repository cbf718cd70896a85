/**
 * Fits out a fresh Lua state: opens the libraries, runs sandbox.lua (and, under strategy Y, the Lua versions of what C
 * could not suspend), then the preludes.
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
import { LUA_REGISTRYINDEX, type LuaExports, luaStatus } from "../wasm/wasm-exports.ts";
import packageSource from "./package.lua?raw";
import sandboxSource from "./sandbox.lua?raw";

/** Registry references of what the VM needs later. */
export interface World {
  /** The table `primitives.exports`. */
  readonly exports: number;
  /** A function that marks a thread as a run's own; only under strategy Y. */
  readonly markRoot: number | undefined;
  /** Runs one more prelude, inside a protected job. @throws LuaRunError when it does not compile or fails */
  install(L: number, prelude: Prelude): void;
}

export interface SandboxParts {
  readonly instance: LuaInstance;
  readonly guard: Guard;
  readonly dispatcher: Dispatcher;
  /** Under strategy Y. */
  readonly yielding: Yielding | undefined;
  /** Absent: every VM compiles for itself, so that all of them allocate alike. */
  readonly chunks: ChunkCache | undefined;
  /** The address whose light userdata stands for a wait (strategy Y). */
  readonly marker: number;
}

const libraries: readonly (readonly [string, keyof LuaExports & `luaopen_${string}`])[] = [
  ["_G", "luaopen_base"],
  ["coroutine", "luaopen_coroutine"],
  ["debug", "luaopen_debug"],
  ["math", "luaopen_math"],
  ["os", "luaopen_os"],
  ["string", "luaopen_string"],
  ["table", "luaopen_table"],
  ["utf8", "luaopen_utf8"],
];

const ownChunks = ["=sandbox", "=coroutine", "=yieldable", "=luajit"];

/** Call it inside a protected job on `L`. @throws LuaRunError when a prelude does not compile or fails */
export function furnish(L: number, given: SandboxParts, preludes: readonly Prelude[]): World {
  const { instance, guard, dispatcher, yielding, marker } = given;
  const { x } = instance;
  const top = x.lua_gettop(L);
  x.lua_checkstack(L, 20);
  const pushRef = (ref: number) => void x.lua_rawgeti(L, LUA_REGISTRYINDEX, BigInt(ref));
  const takeRef = () => x.luaL_ref(L, LUA_REGISTRYINDEX);
  const pushField = (table: number, key: string) => {
    pushRef(table);
    pushText(instance, L, key);
    x.lua_rawget(L, -2);
    x.lua_rotate(L, -2, 1);
    x.lua_settop(L, -2);
  };

  const raw = openLibraries(L, given);
  // Taken before sandbox.lua cuts the library down, and gone before user code comes.
  pushField(raw, "string");
  pushText(instance, L, "dump");
  x.lua_rawget(L, -2);
  const parts = { ...given, dump: takeRef() };

  let trusted = 0;
  runChunk(parts, L, "=sandbox", sandboxSource + packageSource, 1, () => {
    pushRef(raw);
    dispatcher.pushQuestion(L, () => guard.current?.stopped !== undefined);
    pushTrusted(instance, L, preludes);
    x.lua_pushvalue(L, -1);
    trusted = takeRef();
    return 3;
  });
  const primitives = takeRef();

  let markRoot: number | undefined;
  if (yielding) {
    runChunk(parts, L, "=coroutine", yielding.coroutineSource, 1, () => {
      pushField(raw, "coroutine");
      x.lua_pushlightuserdata(L, marker);
      dispatcher.pushQuestion(L, () => guard.current?.paused === true);
      return 3;
    });
    markRoot = takeRef();
    runChunk(parts, L, "=yieldable", yielding.yieldableSource, 0, () => {
      pushField(raw, "debug");
      pushText(instance, L, "getmetatable");
      x.lua_rawget(L, -2);
      x.lua_rotate(L, -2, 1);
      x.lua_settop(L, -2);
      return 1;
    });
  }

  const run = (state: number, { name, source, functions = {} }: Prelude) =>
    runChunk(parts, state, name, source, 0, () => {
      const entries = Object.entries(functions);
      x.lua_createtable(state, 0, entries.length);
      for (const [key, spec] of entries) {
        pushText(instance, state, key);
        dispatcher.pushFunction(state, spec);
        x.lua_rawset(state, -3);
      }
      x.lua_rawgeti(state, LUA_REGISTRYINDEX, BigInt(primitives));
      return 2;
    });
  for (const prelude of preludes) run(L, prelude);

  pushField(primitives, "exports");
  const exports = takeRef();
  x.lua_settop(L, top);
  const install = (state: number, prelude: Prelude) => {
    x.lua_rawgeti(state, LUA_REGISTRYINDEX, BigInt(trusted));
    trust(instance, state, prelude.name);
    x.lua_settop(state, -2);
    run(state, prelude);
  };
  return { exports, markRoot, install };
}

/** A registry reference to the table of the libraries as Lua opens them. */
function openLibraries(L: number, { instance }: SandboxParts): number {
  const { x } = instance;
  const table = x.__indirect_function_table;
  x.lua_createtable(L, 0, libraries.length + 1);
  for (const [name, open] of libraries) {
    pushText(instance, L, name);
    const slot = table.grow(1);
    table.set(slot, x[open]);
    const pointer = x.lua_tolstring(L, -1, 0);
    x.luaL_requiref(L, pointer, slot, 1);
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
  { instance, chunks, dump }: SandboxParts & { readonly dump: number },
  L: number,
  name: string,
  source: string,
  results: number,
  pushArguments: () => number,
): void {
  const { x } = instance;
  let status = chunks ? chunks.load(instance, L, name, source, dump) : loadText(instance, L, source, name);
  if (status === luaStatus.ok) status = x.lua_pcallk(L, pushArguments(), results, 0, 0, 0);
  if (status === luaStatus.ok) return;
  const text = failureText(instance, L);
  const kind = status === luaStatus.syntax ? "syntax" : "runtime";
  throw new LuaRunError(kind, `the Lua prelude ${name} failed: ${text}`);
}
