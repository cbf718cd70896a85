import { Cursor } from "./cursor.ts";
import { Helpers } from "./helpers.ts";
import { tokenize } from "./lexer.ts";
import { LualsNotes } from "./luals-notes.ts";
import { Statements } from "./statements.ts";

export { LuauSyntaxError } from "./luau-syntax-error.ts";

export interface TranslateOptions {
  /** `wippy`: also `expr as T` and `T[]`. Default `luau`. */
  readonly dialect?: "luau" | "wippy";
  /**
   * LuaLS comments for the types that are erased, each in front of the line it speaks of: for editors. Lines move then.
   * Default false.
   */
  readonly annotations?: boolean;
}

/**
 * Translates Luau to Lua 5.4. Types are erased, what Lua has no word for is rewritten where it stands, and every line stays
 * the line it was. Text that is Lua 5.4 already comes out as it is, but for the list of a generic `for` that is neither
 * `pairs` nor `ipairs`.
 * @throws LuauSyntaxError with line and column
 * @example
 * toLua("local n: number = 1\nn += 1"); // "local n         = 1\nn =n +(1)"
 */
export function toLua(source: string, { dialect = "luau", annotations = false }: TranslateOptions = {}): string {
  const cursor = new Cursor(tokenize(source));
  const helpers = new Helpers(source);
  const notes = annotations ? new LualsNotes([...cursor.tokens]) : undefined;
  new Statements(cursor, helpers, { wippy: dialect === "wippy", notes }).chunk();
  const lua = `${helpers}${cursor}`;
  return notes ? notes.into(lua) : lua;
}
