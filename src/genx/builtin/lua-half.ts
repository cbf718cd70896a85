/**
 * The Lua half of GenX as one chunk: `chunk(host, primitives, options)`.
 * @module
 */
import builtin from "./lua/builtin.lua?raw";
import chunks from "./lua/chunks.lua?raw";
import ctx from "./lua/ctx.lua?raw";
import http from "./lua/http.lua?raw";
import json from "./lua/json.lua?raw";
import luauLibrary from "./lua/luau-library.lua?raw";
import promises from "./lua/promises.lua?raw";
import requireSource from "./lua/require.lua?raw";
import rt from "./lua/rt.lua?raw";
import scripts from "./lua/scripts.lua?raw";
import streams from "./lua/streams.lua?raw";
import type { GenxCompat } from "./services.ts";

/** In the order in which they run: each may use what the ones before it made. */
const parts: Readonly<Record<string, string>> = {
  json,
  promises,
  http,
  chunks,
  streams,
  builtin,
  require: requireSource,
  ctx,
  rt,
  scripts,
};

/** Runs once per VM; makes `__builtin` and `require`. */
export const luaHalf = ({ requireNil = false, eofText }: GenxCompat = {}): string =>
  [
    "local host, primitives = ...",
    `local parts = { options = { require_nil = ${requireNil}, eof_text = ${eofText === undefined ? "nil" : luaString(eofText)} } }`,
    ...Object.entries(parts).map(
      ([name, source]) => `parts["${name}"] = (function(...) ${source}\nend)(host, primitives, parts)`,
    ),
    "do local done",
    `function parts.luau_library() if done then return end done = true; (function(...) ${luauLibrary}\nend)(host, primitives, parts) end end`,
    "__builtin = parts.builtin",
    "return { run = parts.scripts.run }",
  ].join("\n");

const luaString = (text: string): string =>
  `"${text.replaceAll(/["\\\n\r\0]/g, (c) => `\\${String(c.charCodeAt(0)).padStart(3, "0")}`)}"`;
