/**
 * `toml` with the surface of lua-toml, on smol-toml.
 * @module
 */
import { parse, stringify, TomlDate, TomlError } from "smol-toml";
import { messageOf } from "../../../base/message-of.ts";
import { changed } from "../../../base/values/members.ts";
import { charge } from "../../../base/work.ts";
import { type HostFunctions, LuaRaise, type LuaValue, type Prelude, results } from "../../../lua/interface.ts";
import source from "./toml.lua?raw";

export function tomlPreludes(): readonly Prelude[] {
  return [{ name: "=toml", source, functions: tomlFunctions }];
}

const mostText = 256 * 1024;
/** Characters that are looked at between two bookings, and what one costs: most are looked at several times. */
const looksUnseen = 256;
const unitsPerLook = 8;
const unitsPerCharacter = 20;

/** A text as smol-toml reads it, character by character, which pays while it is read. */
class PaidText {
  readonly length: number;
  #looks = 0;

  constructor(private readonly text: string) {
    this.length = text.length;
  }

  charCodeAt(at: number): number {
    if (++this.#looks % looksUnseen === 0) charge(looksUnseen * unitsPerLook);
    return this.text.charCodeAt(at);
  }

  slice(from: number, to?: number): string {
    charge(unitsPerCharacter);
    return this.text.slice(from, to);
  }

  /** For the lines of an error's message. */
  split(separator: RegExp): string[] {
    charge(this.length);
    return this.text.split(separator);
  }
}

const tomlFunctions: HostFunctions = {
  /** text → table, or nil and what is wrong */
  parse: (args) => {
    const text = args.text(1);
    if (text === undefined) return results(null, "the text is not UTF-8.");
    if (text.length > mostText) return results(null, `the text has more than ${mostText} characters.`);
    try {
      return plain(parse(new PaidText(text) as unknown as string, { integersAsBigInt: "asNeeded" }));
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
  return changed(value as Readonly<Record<string, unknown>>, plain);
}
