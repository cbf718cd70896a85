/**
 * A strict JSON parser with error positions, for what `JSON.parse` cannot do: exact 64-bit integers, the nesting limit,
 * lone surrogates, and a text that says what is wrong and where (vulcan-api.md §2.2, §2.3). Used only when needed.
 * @module
 */
import { charge } from "../work.ts";

/** What a value costs to read and to hold, here and in the VM. */
const valueUnits = 8;
const valueBytes = 24;
const containerBytes = 120;
/** What an escape costs, or a piece of text between two. */
const stringUnits = 30;
/** Characters of escapes that are put together by themselves. */
const mostTogether = 4096;

/** The message is `<what> at line <L> column <C>`; columns count UTF-8 bytes from 1, 0 at the end of an empty text. */
export class JsonSyntaxError extends SyntaxError {}

/** Levels of nesting that are refused. */
export const nestingLimit = 128;

const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly what JSON forbids in a string
const plain = /[^"\\\u0000-\u001f]*/y;
/** The letters behind a backslash, and what they stand for. */
const escapeLetters = '"\\/bfnrt';
const escapedCharacters = '"\\/\b\f\n\r\t';

/** What became of a text. */
export type ParsedJson<N = number | bigint> =
  | null
  | boolean
  | string
  | N
  | ParsedJson<N>[]
  | { [key: string]: ParsedJson<N> };

/** What a number becomes, by its text and as a float; undefined when it is out of range. */
export type MakeNumber<N> = (literal: string, float: number) => N | undefined;

/** Integers of 64 bits are exact. @throws JsonSyntaxError */
export function parseJson(text: string): ParsedJson {
  return parseJsonWith(text, luaNumber);
}

/** {@link parseJson} with numbers of the caller's. @throws JsonSyntaxError */
export function parseJsonWith<N>(text: string, makeNumber: MakeNumber<N>): ParsedJson<N> {
  const parser = new Parser(text, makeNumber);
  const value = parser.value(0);
  parser.end();
  return value;
}

class Parser<N> {
  #at = 0;
  readonly #text: string;
  readonly #makeNumber: MakeNumber<N>;

  constructor(text: string, makeNumber: MakeNumber<N>) {
    this.#text = text;
    this.#makeNumber = makeNumber;
  }

  value(depth: number): ParsedJson<N> {
    charge(valueUnits, valueBytes);
    const character = this.#peek();
    switch (character) {
      case "{":
        return this.#object(this.#enter(depth));
      case "[":
        return this.#array(this.#enter(depth));
      case '"':
        this.#at++;
        return this.#string();
      case "t":
        return this.#word("true", true);
      case "f":
        return this.#word("false", false);
      case "n":
        return this.#word("null", null);
      case undefined:
        throw this.#error("EOF while parsing a value");
      default:
        if (character === "-" || (character >= "0" && character <= "9")) return this.#number();
        throw this.#error("expected value");
    }
  }

  end(): void {
    if (this.#peek() !== undefined) throw this.#error("trailing characters");
  }

  /** Skips whitespace and looks at the next character. */
  #peek(): string | undefined {
    for (let blanks = 0; ; this.#at++) {
      const character = this.#text[this.#at];
      if (character !== " " && character !== "\n" && character !== "\t" && character !== "\r") return character;
      if ((++blanks & 0xff) === 0) charge(0xff);
    }
  }

  #enter(depth: number): number {
    charge(0, containerBytes);
    this.#at++;
    if (depth + 1 >= nestingLimit) throw this.#error("recursion limit exceeded", this.#at - 1);
    return depth + 1;
  }

  #array(depth: number): ParsedJson<N> {
    const out: ParsedJson<N>[] = [];
    const first = this.#peek();
    if (first === undefined) throw this.#error("EOF while parsing a list");
    if (first === "]") {
      this.#at++;
      return out;
    }
    for (;;) {
      out.push(this.value(depth));
      if (!this.#goesOn("]", "a list")) return out;
      if (this.#peek() === "]") throw this.#error("trailing comma");
    }
  }

  #object(depth: number): ParsedJson<N> {
    const out: Record<string, ParsedJson<N>> = Object.create(null);
    if (this.#peek() === "}") {
      this.#at++;
      return out;
    }
    for (;;) {
      const quote = this.#peek();
      if (quote === undefined) throw this.#error("EOF while parsing an object");
      if (quote === "}") throw this.#error("trailing comma");
      if (quote !== '"') throw this.#error("key must be a string");
      this.#at++;
      const key = this.#string();
      const colon = this.#peek();
      if (colon !== ":") throw this.#error(colon === undefined ? "EOF while parsing an object" : "expected `:`");
      this.#at++;
      out[key] = this.value(depth);
      if (!this.#goesOn("}", "an object")) return out;
    }
  }

  /** Behind a comma; false behind the end of `what`. */
  #goesOn(end: string, what: string): boolean {
    const next = this.#peek();
    if (next === undefined) throw this.#error(`EOF while parsing ${what}`);
    if (next !== "," && next !== end) throw this.#error(`expected \`,\` or \`${end}\``);
    this.#at++;
    return next === ",";
  }

  #word<T>(word: string, value: T): T {
    for (const wanted of word) {
      const character = this.#text[this.#at];
      if (character !== wanted) throw this.#error(character ? "expected ident" : "EOF while parsing a value");
      this.#at++;
    }
    return value;
  }

  #number(): N {
    number.lastIndex = this.#at;
    const literal = number.exec(this.#text)?.[0];
    const after = this.#text[this.#at + (literal?.length ?? 0)] ?? "";
    if (literal === undefined || /[0-9.eE]/.test(after)) {
      const [run = ""] = /^[-+0-9.eE]*/.exec(this.#text.slice(this.#at)) ?? [];
      const cut = this.#at + run.length === this.#text.length && !/[0-9]$/.test(run);
      throw this.#error(cut ? "EOF while parsing a value" : "invalid number", this.#at + run.length - (cut ? 0 : 1));
    }
    this.#at += literal.length;
    const float = Number(literal);
    const made = this.#makeNumber(literal, float);
    if (made === undefined) throw this.#error("number out of range", this.#at - 1);
    return made;
  }

  #string(): string {
    let out = "";
    // Texts of escapes: one character added at a time would make a string of a million parts, to be put together at once.
    let escaped = "";
    for (;;) {
      plain.lastIndex = this.#at;
      const run = plain.exec(this.#text)?.[0] ?? "";
      charge(stringUnits + run.length / 16, run.length);
      this.#at += run.length;
      if (run !== "" || escaped.length > mostTogether) {
        out += flat(escaped) + run;
        escaped = "";
      }
      const character = this.#text[this.#at];
      if (character === undefined) throw this.#error("EOF while parsing a string");
      if (character === '"') {
        this.#at++;
        return out + escaped;
      }
      if (character !== "\\") throw this.#error("control character (\\u0000-\\u001F) found while parsing a string");
      this.#at++;
      escaped += this.#escape();
    }
  }

  #escape(): string {
    const letter = this.#text[this.#at];
    if (letter === undefined) throw this.#error("EOF while parsing a string");
    this.#at++;
    if (letter !== "u") {
      const at = escapeLetters.indexOf(letter);
      if (at < 0) throw this.#error("invalid escape", this.#at - 1);
      return escapedCharacters.charAt(at);
    }
    const first = this.#hex();
    if (first < 0xd800 || first > 0xdfff) return String.fromCharCode(first);
    if (first > 0xdbff) throw this.#error("lone leading surrogate in hex escape", this.#at - 1);
    if (!this.#text.startsWith("\\u", this.#at)) throw this.#error("unexpected end of hex escape");
    this.#at += 2;
    const second = this.#hex();
    if (second < 0xdc00 || second > 0xdfff) throw this.#error("lone leading surrogate in hex escape", this.#at - 1);
    return String.fromCharCode(first, second);
  }

  #hex(): number {
    const digits = this.#text.slice(this.#at, this.#at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) {
      throw this.#error(digits.length < 4 ? "EOF while parsing a string" : "invalid escape");
    }
    this.#at += 4;
    return Number.parseInt(digits, 16);
  }

  /** The position is that of the character at `index`; past the end it is that of the last one. */
  #error(what: string, index = this.#at): JsonSyntaxError {
    let line = 1;
    let lineStart = 0;
    for (let at = this.#text.indexOf("\n"); at !== -1 && at < index; at = this.#text.indexOf("\n", at + 1)) {
      charge(5);
      line++;
      lineStart = at + 1;
    }
    const column = new TextEncoder().encode(this.#text.slice(lineStart, index + 1)).length;
    return new JsonSyntaxError(`${what} at line ${line} column ${column}`);
  }
}

/** The same text, no longer made of parts: what reads one character of it puts them together. */
function flat(text: string): string {
  text.charCodeAt(text.length - 1);
  return text;
}

function luaNumber(literal: string, float: number): number | bigint | undefined {
  if (!Number.isFinite(float)) return undefined;
  if (Number.isSafeInteger(float)) return float;
  // 2^53 is integral and exact, but not "safe": as a bigint it still becomes a Lua integer.
  if (/[.eE]/.test(literal)) return Math.abs(float) === 2 ** 53 ? BigInt(float) : float;
  const integer = BigInt(literal);
  return integer >= -(2n ** 63n) && integer < 2n ** 63n ? integer : float;
}
