/**
 * C source into tokens. Declarations only: there is no preprocessor, as in LuaJIT.
 * @module
 */
import { charge } from "../../base/work.ts";
import { CdefError } from "./cdef-error.ts";
import type { Qualified } from "./types.ts";

/** What a `$` in a declaration stands for. */
export type Parameter = Qualified | string | number;

export type Token =
  | { readonly kind: "identifier"; readonly text: string; readonly line: number }
  | {
      readonly kind: "integer";
      readonly text: string;
      /** Its 32 bits. */
      readonly value: number;
      readonly isUnsigned: boolean;
      readonly line: number;
    }
  | { readonly kind: "string"; readonly text: string; readonly line: number }
  | { readonly kind: "type"; readonly text: "$"; readonly type: Qualified; readonly line: number }
  | { readonly kind: "symbol"; readonly text: string; readonly line: number }
  | { readonly kind: "end"; readonly text: "<eof>"; readonly line: number };

const pattern =
  /(?<gap>[ \t\r\f\v\n]+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|\\\r?\n)|(?<word>[A-Za-z_]\w*)|(?<number>\d\w*)|(?<string>"(?:\\[\s\S]|[^"\\\n])*")|(?<char>'(?:\\(?:x[0-9a-fA-F]+|[0-7]{1,3}|[\s\S])|[^'\\\n])')|(?<symbol>\|\||&&|==|!=|<=|>=|<<|>>|->|::|[\s\S])/y;

/** Longest text one declaration may have; a header of a large library has less. */
const longestText = 1 << 20;

/** What a token costs here and in the parser. */
const tokenUnits = 150;
const escapeUnits = 30;

/** @throws CdefError */
export function tokenize(text: string, parameters: readonly Parameter[] = []): readonly Token[] {
  if (text.length > longestText) {
    throw new CdefError(`the declarations are longer than ${longestText} characters; split them into several`);
  }
  const tokens: Token[] = [];
  let line = 1;
  let at = 0;
  let next = 0;
  while (at < text.length) {
    charge(tokenUnits);
    pattern.lastIndex = at;
    const { gap, word, number, string, char, symbol } = pattern.exec(text)?.groups ?? {};
    if (word !== undefined) tokens.push({ kind: "identifier", text: word, line });
    else if (number !== undefined) tokens.push(integer(number, line));
    else if (string !== undefined) tokens.push({ kind: "string", text: unescaped(string), line });
    else if (char !== undefined) tokens.push(character(char, line));
    else if (symbol === "$") tokens.push(placeholder(parameters, next++, line));
    else if (symbol !== undefined) tokens.push({ kind: "symbol", text: symbol, line });
    if (gap !== undefined) line += gap.split("\n").length - 1;
    at = pattern.lastIndex;
  }
  if (next < parameters.length) throw new CdefError("wrong number of type parameters");
  tokens.push({ kind: "end", text: "<eof>", line });
  return tokens;
}

function placeholder(parameters: readonly Parameter[], index: number, line: number): Token {
  const parameter = parameters[index];
  if (parameter === undefined) throw new CdefError("wrong number of type parameters");
  if (typeof parameter === "string") return { kind: "identifier", text: parameter, line };
  if (typeof parameter === "number") {
    return { kind: "integer", text: `${parameter}`, value: parameter | 0, isUnsigned: false, line };
  }
  return { kind: "type", text: "$", type: parameter, line };
}

function integer(text: string, line: number): Token {
  const found = /^(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)([uU]?)$/.exec(text);
  const value = found ? digits(found[1] ?? "") : Number.NaN;
  if (!(value <= 0xffff_ffff)) throw new CdefError(`malformed number near '${text}'`, line);
  return {
    kind: "integer",
    text,
    value: value | 0,
    isUnsigned: found?.[2] !== "" || value > 0x7fff_ffff,
    line,
  };
}

function digits(text: string): number {
  if (/^0[xX]/.test(text)) return Number.parseInt(text.slice(2), 16);
  return Number.parseInt(text, text.startsWith("0") ? 8 : 10);
}

const escapes: Readonly<Record<string, string>> = {
  ...{ a: "\x07", b: "\b", e: "\x1b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" },
};

function unescaped(quoted: string): string {
  return quoted.slice(1, -1).replaceAll(/\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|[\s\S])/g, (_, code: string) => {
    charge(escapeUnits);
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 255);
    if (/^x[0-9a-fA-F]/.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return escapes[code] ?? code;
  });
}

function character(quoted: string, line: number): Token {
  const value = (unescaped(quoted).charCodeAt(0) << 24) >> 24;
  return { kind: "integer", text: quoted, value, isUnsigned: false, line };
}
