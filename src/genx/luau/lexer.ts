import { type Place, readNumber, readQuoted, readTemplate } from "./literals.ts";
import { LuauSyntaxError } from "./luau-syntax-error.ts";
import type { Token, TokenKind } from "./token.ts";

const keywords = new Set(
  "and break do else elseif end false for function if in local nil not or repeat return then true until while".split(
    " ",
  ),
);
// Two angle brackets in a row stay two tokens: they close type arguments as often as they shift.
const symbols = /\.\.\.|\.\.=|\/\/=|\+=|-=|\*=|\/=|%=|\^=|==|~=|<=|>=|\/\/|::|->|\.\.|[-+*/%^#<>=(){}[\];:,.?|&~@]/y;
const blanks = /[ \t\v\f\r\n]+/y;
const names = /[A-Za-z_][A-Za-z_0-9]*/y;
const longOpening = /\[(=*)\[/y;

/** Cuts a Luau text into tokens. @throws LuauSyntaxError */
export function tokenize(source: string): Token[] {
  return new Lexer(source).run();
}

class Lexer {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  /** Open braces inside each interpolated string that is being read. */
  readonly #templates: number[] = [];
  #at = 0;
  #line = 1;
  #lineStart = 0;
  #lead = "";

  constructor(source: string) {
    this.#source = source;
  }

  run(): Token[] {
    if (this.#source.startsWith("\ufeff")) this.#skip(1);
    if (this.#source.startsWith("#", this.#at)) this.#skip((this.#match(/[^\n]*/y) ?? "").length);
    for (;;) {
      this.#blanksAndComments();
      if (this.#at >= this.#source.length) break;
      this.#token();
    }
    if (this.#templates.length > 0) this.#fail("unfinished interpolated string");
    this.#push("end", "", "");
    return this.#tokens;
  }

  #token(): void {
    const c = this.#source[this.#at] ?? "";
    const name = this.#match(names);
    if (name !== undefined) {
      this.#push(keywords.has(name) ? "keyword" : "name", name);
      return;
    }
    if (/[0-9]/.test(c) || (c === "." && /[0-9]/.test(this.#source[this.#at + 1] ?? ""))) {
      const { text, out } = readNumber(this.#source, this.#at, this.#place);
      this.#push("number", text, out);
      return;
    }
    if (c === '"' || c === "'") {
      const { text, out } = readQuoted(this.#source, this.#at, this.#place);
      this.#push("string", text, out);
      return;
    }
    if (c === "`") {
      this.#template("template", "template-start");
      return;
    }
    const long = c === "[" ? this.#long() : undefined;
    if (long !== undefined) {
      this.#push("string", long);
      return;
    }
    const depth = this.#templates.at(-1);
    if (depth === 0 && c === "}") {
      this.#templates.pop();
      this.#template("template-end", "template-middle");
      return;
    }
    const symbol = this.#match(symbols);
    if (symbol === undefined) {
      this.#fail(`unexpected character '${String.fromCodePoint(this.#code())}'`);
      return;
    }
    if (depth !== undefined && c === "{") this.#templates[this.#templates.length - 1] = depth + 1;
    if (depth !== undefined && c === "}") this.#templates[this.#templates.length - 1] = depth - 1;
    this.#push("symbol", symbol);
  }

  #template(closed: TokenKind, open: TokenKind): void {
    const piece = readTemplate(this.#source, this.#at + 1, this.#place);
    if (piece.open) this.#templates.push(0);
    this.#push(piece.open ? open : closed, this.#source.slice(this.#at, this.#at + 1 + piece.length), piece.out);
  }

  #blanksAndComments(): void {
    for (;;) {
      const blank = this.#match(blanks);
      if (blank !== undefined) {
        this.#lead += blank;
        this.#advance(blank);
        continue;
      }
      if (!this.#source.startsWith("--", this.#at)) return;
      const long = this.#source[this.#at + 2] === "[" ? this.#long(2) : undefined;
      const comment = long === undefined ? (this.#match(/[^\n]*/y) ?? "") : `--${long}`;
      this.#lead += comment;
      this.#advance(comment);
    }
  }

  /** The text of a long bracket that begins so many characters ahead. */
  #long(ahead = 0): string | undefined {
    const start = this.#at + ahead;
    longOpening.lastIndex = start;
    const opening = longOpening.exec(this.#source)?.[0];
    if (opening === undefined) return undefined;
    const closing = opening.replaceAll("[", "]");
    const end = this.#source.indexOf(closing, start + opening.length);
    if (end < 0) return this.#fail("unfinished long string or comment");
    return this.#source.slice(start, end + closing.length);
  }

  #push(kind: TokenKind, text: string, out = text): void {
    this.#tokens.push({ kind, text, out, lead: this.#lead, ...this.#place });
    this.#lead = "";
    this.#advance(text);
  }

  /** A first line that is not Lua (`#!`) and a byte order mark leave blanks. */
  #skip(length: number): void {
    this.#lead += " ".repeat(length);
    this.#at += length;
  }

  #advance(text: string): void {
    for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) {
      this.#line++;
      this.#lineStart = this.#at + i + 1;
    }
    this.#at += text.length;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#source)?.[0];
  }

  #code(): number {
    return this.#source.codePointAt(this.#at) ?? 0;
  }

  get #place(): Place {
    return { line: this.#line, column: this.#at - this.#lineStart + 1 };
  }

  #fail(what: string): never {
    throw new LuauSyntaxError(what, this.#line, this.#at - this.#lineStart + 1);
  }
}
