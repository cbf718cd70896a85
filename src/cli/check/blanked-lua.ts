/** Comments, long strings and short strings of Lua, as its lexer tells them apart. */
const parts =
  /--\[(=*)\[[\s\S]*?(?:\]\1\]|$)|--[^\n]*|\[(=*)\[[\s\S]*?(?:\]\2\]|$)|"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[\s\S]|[^'\\\n])*'?/g;

/** The source with what is no code blanked, every character in its place. */
export function blankedLua(source: string): { readonly code: string; readonly withStrings: string } {
  const blank = (text: string) => text.replaceAll(/[^\n]/g, " ");
  return {
    code: source.replaceAll(parts, blank),
    withStrings: source.replaceAll(parts, (text) => (text.startsWith("--") ? blank(text) : text)),
  };
}
