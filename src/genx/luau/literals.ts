import { LuauSyntaxError } from "./luau-syntax-error.ts";

/** Where a literal begins: for the position in messages. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

const number =
  /0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]+)?|(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE]_*[+-]?[0-9_]+)?/y;
const binary = /0[bB][01_]*/y;

/** The number at `at`: what was written and what Lua calls it. */
export function readNumber(source: string, at: number, place: Place): { text: string; out: string } {
  const isBinary = /^0[bB]/.test(source.slice(at, at + 2));
  const pattern = isBinary ? binary : number;
  pattern.lastIndex = at;
  const text = pattern.exec(source)?.[0] ?? "";
  const digits = text.replaceAll("_", "");
  const next = source[at + text.length] ?? "";
  if (/[A-Za-z0-9_.]/.test(next) || /^0[xXbB]$/.test(digits)) {
    throw new LuauSyntaxError(`malformed number near '${text}${next}'`, place.line, place.column);
  }
  return { text, out: isBinary ? String(BigInt(digits.toLowerCase())) : digits };
}

/** Escapes that Lua knows as they are; what stands behind any other backslash means itself in Luau. */
const shared = new Set(["a", "b", "f", "n", "r", "t", "v", "\\", '"', "'", "\n"]);

/**
 * One escape sequence at `at` (a backslash).
 * @returns how long it is and how a double-quoted or a single-quoted Lua string says it
 */
function readEscape(source: string, at: number, place: Place): { length: number; out: string } {
  const next = source[at + 1] ?? "";
  const fail = (what: string): never => {
    throw new LuauSyntaxError(what, place.line, place.column);
  };
  if (next === "") return fail("unfinished string");
  if (next === "\r") {
    const length = source[at + 2] === "\n" ? 3 : 2;
    return { length, out: source.slice(at, at + length) };
  }
  if (shared.has(next)) return { length: 2, out: `\\${next}` };
  if (next === "z") {
    const blank = /\s*/y;
    blank.lastIndex = at + 2;
    const length = 2 + (blank.exec(source)?.[0].length ?? 0);
    return { length, out: source.slice(at, at + length) };
  }
  if (next === "x") {
    const text = source.slice(at, at + 4);
    return /^\\x[0-9a-fA-F]{2}$/.test(text) ? { length: 4, out: text } : fail("malformed escape '\\x' in a string");
  }
  if (next === "u") {
    const text = /^\\u\{[0-9a-fA-F]{1,8}\}/.exec(source.slice(at, at + 13))?.[0];
    if (text === undefined || Number.parseInt(text.slice(3), 16) > 0x10ffff)
      return fail("malformed escape '\\u' in a string");
    return { length: text.length, out: text };
  }
  if (/[0-9]/.test(next)) {
    const text = /^\\[0-9]{1,3}/.exec(source.slice(at, at + 4))?.[0] ?? "";
    return Number(text.slice(1)) <= 255 ? { length: text.length, out: text } : fail(`escape '${text}' is above 255`);
  }
  return { length: 2, out: next };
}

/** The string in quotes at `at`. */
export function readQuoted(source: string, at: number, place: Place): { text: string; out: string } {
  const quote = source[at];
  let i = at + 1;
  let out = "";
  while (source[i] !== quote) {
    const c = source[i];
    if (c === undefined || c === "\n" || c === "\r") {
      throw new LuauSyntaxError("unfinished string", place.line, place.column);
    }
    if (c !== "\\") {
      out += c;
      i++;
      continue;
    }
    const sequence = readEscape(source, i, place);
    out += sequence.out;
    i += sequence.length;
  }
  return { text: source.slice(at, i + 1), out: `${quote}${out}${quote}` };
}

/**
 * The piece of an interpolated string that begins at `at`, up to its closing backtick or the brace of the next expression.
 * `out` is a Lua string.
 */
export function readTemplate(source: string, at: number, place: Place): { length: number; out: string; open: boolean } {
  let i = at;
  let out = "";
  for (;;) {
    const c = source[i];
    if (c === undefined || c === "\n" || c === "\r") {
      throw new LuauSyntaxError("unfinished interpolated string", place.line, place.column);
    }
    if (c === "`") return { length: i + 1 - at, out: `"${out}"`, open: false };
    if (c === "{") {
      if (source[i + 1] === "{") {
        const what = "double braces are not permitted within interpolated strings; did you mean '\\{'?";
        throw new LuauSyntaxError(what, place.line, place.column + i - at);
      }
      return { length: i + 1 - at, out: `"${out}"`, open: true };
    }
    if (c === "\\") {
      const sequence = readEscape(source, i, place);
      out += sequence.out;
      i += sequence.length;
      continue;
    }
    out += c === '"' ? '\\"' : c;
    i++;
  }
}
