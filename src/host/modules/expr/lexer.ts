/** A piece of an expression. `text` of strings is what they say. */
export interface Token {
  readonly kind: "number" | "string" | "name" | "symbol" | "end";
  readonly text: string;
  readonly at: number;
}

/** What is wrong with an expression, and where. No class: two modules have this file each for itself. */
export function expressionError(message: string): Error {
  const error = new Error(message);
  error.name = "ExpressionError";
  return error;
}

export const isExpressionError = (thrown: unknown): thrown is Error =>
  thrown instanceof Error && thrown.name === "ExpressionError";

const symbols = [
  "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "**", "..", "+", "-", "*", "/", "%", "^", "<", ">", "!", "?", ":", "|",
  "(", ")", "[", "]", "{", "}", ",", ".", "#", ";", "=",
]; // biome-ignore format: a table
const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "0": "\0" };

/** @throws ExpressionError */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const add = (kind: Token["kind"], text: string, length: number) => {
    tokens.push({ kind, text, at });
    at += length;
  };
  while (at < source.length) {
    const rest = source.slice(at, at + 400);
    const blank = /^(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)/.exec(rest)?.[0];
    const number =
      /^(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*(?:\.(?!\.)\d[\d_]*)?|\.\d[\d_]*)(?:[eE][-+]?\d+)?)/.exec(
        rest,
      )?.[0];
    const name = /^[A-Za-z_$][\w$]*/.exec(rest)?.[0];
    const quote = rest[0] ?? "";
    if (blank !== undefined) at += blank.length;
    else if (number !== undefined) add("number", number.replaceAll("_", ""), number.length);
    else if (name !== undefined) add("name", name, name.length);
    else if (quote === '"' || quote === "'" || quote === "`") {
      const { text, length } = quoted(source, at, quote);
      add("string", text, length);
    } else {
      const symbol = symbols.find((each) => rest.startsWith(each));
      if (symbol === undefined) throw expressionError(`unexpected ${JSON.stringify(quote)} at ${at + 1}`);
      add("symbol", symbol, symbol.length);
    }
  }
  tokens.push({ kind: "end", text: "the end", at });
  return tokens;
}

function quoted(source: string, start: number, quote: string): { text: string; length: number } {
  let text = "";
  for (let at = start + 1; at < source.length; at++) {
    const character = source[at] as string;
    if (character === quote) return { text, length: at + 1 - start };
    if (character !== "\\" || quote === "`") {
      text += character;
      continue;
    }
    const next = source[++at] ?? "";
    const unicode = next === "u" ? /^[\da-fA-F]{4}/.exec(source.slice(at + 1, at + 5))?.[0] : undefined;
    text += unicode === undefined ? (escapes[next] ?? next) : String.fromCharCode(Number.parseInt(unicode, 16));
    at += unicode?.length ?? 0;
  }
  throw expressionError(`the text that begins at ${start + 1} does not end`);
}
