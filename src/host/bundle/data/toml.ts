/**
 * `toml` with the surface of lua-toml, on smol-toml.
 * @module
 */
import { parse, stringify, TomlDate, TomlError } from "smol-toml";
import { messageOf } from "../../../base/message-of.ts";
import { charge } from "../../../base/work.ts";
import { type HostFunctions, LuaRaise, type LuaValue, type Prelude, results } from "../../../lua/interface.ts";
import source from "./toml.lua?raw";

export function tomlPreludes(): readonly Prelude[] {
  return [{ name: "=toml", source, functions: tomlFunctions }];
}

/** smol-toml reads a text in one go, in about a microsecond a character. */
const mostText = 256 * 1024;
const unitsPerCharacter = 50;

const tomlFunctions: HostFunctions = {
  /** text → table, or nil and what is wrong */
  parse: (args) => {
    const text = args.text(1);
    if (text === undefined) return results(null, "the text is not UTF-8.");
    if (text.length > mostText) return results(null, `the text has more than ${mostText} characters.`);
    charge(unitsPerCharacter * text.length);
    try {
      return plain(parse(text, { integersAsBigInt: "asNeeded" }));
    } catch (error) {
      if (!(error instanceof TomlError)) throw error;
      const [reason = ""] = error.message.replace(/^Invalid TOML document: /, "").split("\n");
      return results(null, `${reason} on line ${error.line}.`);
    }
  },
  encode: (args) => {
    const value = args.value(1);
    // An empty table of Lua is a table of TOML.
    const table = Array.isArray(value) && value.length === 0 ? {} : value;
    try {
      return stringify(table as Record<string, unknown>).replace(/\n$/, "");
    } catch (error) {
      throw new LuaRaise(`TOML: ${messageOf(error)}`);
    }
  },
};

/** Dates are their text: Lua has no type for them. */
function plain(value: unknown): LuaValue {
  if (value instanceof TomlDate) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value as LuaValue;
  const out: Record<string, LuaValue> = Object.create(null);
  for (const [key, item] of Object.entries(value)) out[key] = plain(item);
  return out;
}
