/**
 * Leaves out what the Lua room never uses: the exports it does not name, the libraries of files, processes and C modules, bytecode and hooks,
 * and every function only those reached. A smaller download, and less C code that a guest might find a way into.
 * @module
 */
import used from "../../src/lua/wasm/wasm-exports.ts?raw";
import { AnchorError, once } from "./anchors.ts";
import type { StaticData } from "./texts/static-data.ts";
import { type WatFunction, WatModule } from "./wat-module.ts";

/** Library functions by their name and their slot in the function table, as luaL_Reg arrays hold them. */
const named: Readonly<Record<string, readonly number[]>> = {
  dofile: [18],
  loadfile: [22],
  warn: [27],
  // string
  dump: [152],
  // debug: hooks and writing user values have stand-ins without an effect
  debug: [48],
  gethook: [50],
  setuservalue: [58],
  sethook: [59],
  setcstacklimit: [64],
  // io, then file handles
  close: [84, 102],
  flush: [85, 100],
  input: [86],
  lines: [87, 99],
  open: [88],
  output: [89],
  popen: [90],
  read: [91, 97],
  tmpfile: [92],
  type: [93],
  write: [94, 98],
  seek: [101],
  setvbuf: [103],
  __gc: [95],
  __tostring: [96],
  // package
  loadlib: [132],
  searchpath: [133],
  require: [134],
  // os
  execute: [138],
  exit: [139],
  getenv: [140],
  remove: [141],
  rename: [142],
  setlocale: [143],
  tmpname: [145],
};
/** Slots without a name in an array: luaL_openlibs' openers, io's closing functions, package's searchers. */
const unnamed = [70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 127, 128, 129, 130, 131];

const stub = "$left_out";

export async function trim(wasm: Uint8Array, data: StaticData): Promise<Uint8Array> {
  for (const [name, slots] of Object.entries(named)) for (const slot of slots) data.assertRegistered(name, slot);
  const module = await WatModule.read(wasm);
  const kept = usedExports();
  for (const line of module.find(/^\(export /)) {
    const name = /^\(export "(\w+)"/.exec(module.line(line))?.[1] ?? "";
    if (kept.has(name)) kept.delete(name);
    else module.replace(line, "");
  }
  if (kept.size > 0)
    throw new AnchorError("exports", `wasm-exports.ts names ${[...kept].join(", ")}, which do not exist`);

  const table = once(module.find(/^\(elem /), "function table");
  const slots =
    module
      .line(table)
      .match(/\$\S+(?=[ )])/g)
      ?.slice(1) ?? [];
  const dropped = new Set([...Object.values(named).flat(), ...unnamed]);
  // The table begins at slot 1.
  const left = slots.map((name, i) => (dropped.has(i + 1) ? stub : name));
  module.replace(table, module.line(table).replace(/func .*\)$/, `func ${left.join(" ")})`));
  // Should one be called after all, that is an error in Lua and no trap.
  const [pushNil, raise] = [module.exported("lua_pushnil"), module.exported("lua_error")];
  module.addField(
    "func",
    `(func ${stub} (param i32) (result i32) local.get 0 call ${pushNil} local.get 0 call ${raise})`,
  );
  leaveOutUnreachable(module, [...left, pushNil, raise]);
  return module.toBinary();
}

/** The members of the interfaces in src/lua/wasm/wasm-exports.ts: the compiler has seen to it that nothing else is used. */
function usedExports(): Set<string> {
  const interfaces = used.match(/^export interface [\s\S]*?^}/gm) ?? [];
  const members = interfaces.join("\n").match(/^ {2}(?:readonly )?\w+(?=[?:(])/gm) ?? [];
  return new Set(members.map((line) => line.replace(/^.* /, "")));
}

function leaveOutUnreachable(module: WatModule, roots: readonly string[]): void {
  const functions = new Map(module.functions.map((fn) => [fn.name, fn]));
  const exported = module.find(/^\(export /).flatMap((line) => {
    const name = /\(func (\S+?)\)\)$/.exec(module.current(line))?.[1];
    return name === undefined ? [] : [name];
  });
  const reached = new Set<string>();
  const open = [...roots, ...exported];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    const fn = functions.get(name);
    if (fn) open.push(...callees(module, fn));
  }
  for (const fn of functions.values()) {
    if (reached.has(fn.name)) continue;
    for (let line = fn.start; line < fn.end; line++) module.replace(line, "");
  }
  for (const line of module.find(/^\(import .*\(func /)) {
    const name = /\(func (\S+)/.exec(module.line(line))?.[1] ?? "";
    if (!reached.has(name)) module.replace(line, "");
  }
}

function callees(module: WatModule, fn: WatFunction): string[] {
  return module.body(fn).flatMap((line) => /^call (\$\S+)$/.exec(line)?.[1] ?? []);
}
