/**
 * The LuaJIT dialect on Lua 5.4 (vulcan-api.md §16): one prelude, made of the chunks beside this file.
 * @module
 */

import type { Prelude } from "../interface.ts";
import bit from "./dialect/bit.lua?raw";
import environments from "./dialect/environments.lua?raw";
import libraries from "./dialect/libraries.lua?raw";
import numbers from "./dialect/numbers.lua?raw";

/** Wraps what is global when it runs, so it comes after the sandbox and the waiting strategy have put theirs in place. */
export function dialectPrelude(): Prelude {
  // Order matters: `unpack` is the table.unpack that numbers may have wrapped.
  const chunks = [numbers, libraries, environments, bit];
  return {
    name: "=dialect",
    source: chunks.map((chunk) => `(function(...)\n${chunk}\nend)(...)`).join(";\n"),
    functions: {
      cosh: (args) => Math.cosh(args.number(1)),
      sinh: (args) => Math.sinh(args.number(1)),
      tanh: (args) => Math.tanh(args.number(1)),
      modules: { waits: () => import("./luajit-modules.ts").then(({ luaJitModules }) => luaJitModules) },
    },
  };
}
