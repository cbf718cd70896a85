/**
 * Compact JSON text laid out with a two-space indent (vulcan-api.md §8.5). Works on the text, because a trip through
 * JavaScript objects would hoist integer-like keys and round 64-bit integers.
 * @module
 */
import { charge } from "../../base/work.ts";

const characterUnits = 3;

/** `compact` must be JSON without white space, as {@link LuaReader.json} writes it. */
export function prettyJson(compact: string): string {
  let out = "";
  let depth = 0;
  let i = 0;
  const strings = new StringEnds(compact);
  const line = () => {
    out += `\n${"  ".repeat(depth)}`;
  };
  while (i < compact.length) {
    charge(characterUnits);
    const c = compact.charAt(i);
    if (c === '"') {
      const end = strings.after(i);
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

/** Ends of strings, from left to right: a backslash far away is looked for once, not once for every string before it. */
class StringEnds {
  #backslash = -1;

  constructor(readonly text: string) {}

  /** The index after the closing quote of the string that starts at `start`. */
  after(start: number): number {
    for (let i = start + 1; ; ) {
      const quote = this.text.indexOf('"', i);
      if (this.#backslash < i) {
        const found = this.text.indexOf("\\", i);
        this.#backslash = found === -1 ? this.text.length : found;
      }
      if (quote < this.#backslash) return quote + 1;
      i = this.#backslash + 2;
    }
  }
}
