/**
 * `vulcan.json` (vulcan-api.md §2.3).
 * @module
 */

import { JsonSyntaxError, nestingLimit, parseJson } from "../../base/text/parse-json.ts";
import { charge } from "../../base/work.ts";
import type { LuaValue, Prelude } from "../../lua/interface.ts";
import { fail, jsonArgument, stringArgument } from "../arguments.ts";

/** UTF-16 units: some milliseconds. */
const longestAtOnce = 2 ** 19;

/**
 * Decodes by `JSON.parse` where its answer is the wanted one, else by the exact parser.
 * @throws JsonSyntaxError
 */
export function decodeJson(text: string): LuaValue {
  // JSON.parse can be neither interrupted nor bounded.
  if (text.length > longestAtOnce) return parseJson(text);
  charge(text.length);
  // A lone surrogate is an error here and none in JSON.parse; escaped surrogates are rare enough to parse slowly.
  if (text.includes("\\u") && /\\u[dD][89a-fA-F]/.test(text)) return parseJson(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return parseJson(text);
  }
  return isPlain(value, 1) ? (value as LuaValue) : parseJson(text);
}

/** False when the value is nested too deeply or holds a number that `JSON.parse` may have rounded. */
function isPlain(value: unknown, depth: number): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value) || (value % 1 !== 0 && Number.isFinite(value));
  if (typeof value !== "object" || value === null) return true;
  if (depth >= nestingLimit) return false;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (!isPlain(value[i], depth + 1)) return false;
    return true;
  }
  const record = value as Record<string, unknown>;
  // allowed: what JSON.parse made has plain prototypes, and this is twice as fast as Object.keys
  for (const key in record) if (!isPlain(record[key], depth + 1)) return false;
  return true;
}

const source = `local host = ...
vulcan.json = { encode = host.encode, decode = host.decode }`;

export function jsonPrelude(): Prelude {
  return {
    name: "=vulcan.json",
    source,
    functions: {
      encode: (args) => jsonArgument(args, 1, "json.encode"),
      decode(args) {
        const text = stringArgument(args, 1, "json.decode", "text");
        try {
          return decodeJson(text);
        } catch (error) {
          if (error instanceof JsonSyntaxError) fail("json.decode", error.message);
          throw error;
        }
      },
    },
  };
}
