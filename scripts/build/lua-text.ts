/**
 * Lua sources as they ship: without comments, indentation and blanks that part nothing. Line breaks stay, so that tracebacks still name the right lines.
 * @module
 */

const token =
  /--\[(=*)\[[\s\S]*?\]\1\]|--[^\n]*|\[(=*)\[[\s\S]*?\]\2\]|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'|[ \t]+|[^-["' \t]+|[\s\S]/g;

/** Words, `- -`, `[ [`, `[ =`, `<const> =` and a point beside a digit would become something else without the blank between them. */
const parted = /^(?:\w\w|--|\[[[=]|>=|\d\.|\.[\d.])$/;

/** Strings are left alone; a comment becomes the line breaks inside it. */
export function compactLua(source: string): string {
  let out = "";
  let gap = false;
  for (const [text] of source.matchAll(token)) {
    if (/^[ \t]+$/.test(text)) {
      gap = true;
      continue;
    }
    const kept = text.startsWith("--") ? text.replaceAll(/[^\n]/g, "") : text;
    if (gap && out !== "" && !out.endsWith("\n") && kept !== "" && !kept.startsWith("\n")) {
      if (parted.test(out.slice(-1) + kept[0])) out += " ";
    }
    // A comment in the middle of a line parts what stands around it, as the blank before it does.
    if (kept !== "") gap = false;
    out += kept;
  }
  return out;
}
