/**
 * Compact JSON text laid out with a two-space indent (vulcan-api.md §8.5). Works on the text, because a trip through
 * JavaScript objects would hoist integer-like keys and round 64-bit integers.
 * @module
 */

/** `compact` must be JSON without white space, as {@link LuaReader.json} writes it. */
export function prettyJson(compact: string): string {
  let out = "";
  let depth = 0;
  let i = 0;
  const line = () => {
    out += `\n${"  ".repeat(depth)}`;
  };
  while (i < compact.length) {
    const c = compact.charAt(i);
    if (c === '"') {
      const end = stringEnd(compact, i);
      out += compact.slice(i, end);
      i = end;
      continue;
    }
    i += 1;
    if (c === "{" || c === "[") {
      const close = compact.charAt(i);
      if (close === "}" || close === "]") {
        out += c + close;
        i += 1;
        continue;
      }
      depth += 1;
      out += c;
      line();
    } else if (c === "}" || c === "]") {
      depth -= 1;
      line();
      out += c;
    } else if (c === ",") {
      out += c;
      line();
    } else {
      out += c === ":" ? ": " : c;
    }
  }
  return out;
}

/** The index after the closing quote of the string that starts at `start`. */
function stringEnd(text: string, start: number): number {
  let i = start + 1;
  for (;;) {
    const quote = text.indexOf('"', i);
    const backslash = text.indexOf("\\", i);
    if (backslash === -1 || quote < backslash) return quote + 1;
    i = backslash + 2;
  }
}
