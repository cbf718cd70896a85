import { charge } from "../../base/work.ts";
import { FilterError } from "./filter-error.ts";

export type Token =
  /** A bare identifier or keyword, as written. */
  | { readonly kind: "word"; readonly text: string; readonly at: number }
  /** A column name in backticks. */
  | { readonly kind: "quoted"; readonly text: string; readonly at: number }
  | { readonly kind: "string"; readonly text: string; readonly at: number }
  | { readonly kind: "number"; readonly text: string; readonly at: number }
  /** `X'00ff'`: one character per byte. */
  | { readonly kind: "bytes"; readonly text: string; readonly at: number }
  | { readonly kind: "symbol"; readonly text: string; readonly at: number }
  | { readonly kind: "end"; readonly text: ""; readonly at: number };

/** What a token costs to find. */
const tokenUnits = 60;

const patterns: ReadonlyArray<readonly [kind: Exclude<Token["kind"], "end"> | "space", pattern: RegExp]> = [
  // Comments are white space.
  ["space", /\s+|--[^\n]*|\/\*[\s\S]*?\*\//y],
  ["bytes", /[xX]'[^']*'/y],
  ["word", /[A-Za-z_][A-Za-z0-9_]*/y],
  ["number", /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y],
  ["string", /'(?:[^']|'')*'|"(?:[^"]|"")*"/y],
  ["quoted", /`(?:[^`]|``)+`/y],
  ["symbol", /->>|->|#>>|#>|<>|!=|==|<=|>=|::|\|\||<<|>>|[-+*/%=<>(),.;?&|^~[\]:]/y],
];

/** @throws FilterError at a character no token begins with */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const [kind, found] = next(text, at);
    charge(tokenUnits + found.length / 8);
    if (kind !== "space") tokens.push({ kind, text: content(kind, found), at });
    at += found.length;
  }
  tokens.push({ kind: "end", text: "", at });
  return tokens;
}

function next(text: string, at: number): readonly [kind: (typeof patterns)[number][0], found: string] {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) return [kind, match[0]];
  }
  const rest = text.slice(at, at + 20);
  if (/^['"`]/.test(rest)) throw new FilterError(`unterminated text at position ${at + 1}: ${rest}`);
  throw new FilterError(`unexpected character at position ${at + 1}: ${rest}`);
}

function content(kind: Token["kind"], found: string): string {
  const quote = found.slice(0, 1);
  switch (kind) {
    case "string":
    case "quoted":
      return found.slice(1, -1).replaceAll(quote + quote, quote);
    case "bytes":
      return bytes(found.slice(2, -1));
    default:
      return found;
  }
}

function bytes(hex: string): string {
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(hex)) throw new FilterError(`X'${hex}' is not pairs of hexadecimal digits`);
  return hex.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16)));
}
