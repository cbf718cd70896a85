import { LuauSyntaxError } from "./luau-syntax-error.ts";
import type { Token } from "./token.ts";

/** Lua itself refuses more than 200 levels; deeper texts would only end here by a full JavaScript stack. */
const maxDepth = 250;

/** The place in the tokens, and the edits made to them. A line break is never lost: what is erased leaves blanks. */
export class Cursor {
  #at = 0;
  #depth = 0;

  constructor(readonly tokens: Token[]) {}

  get at(): number {
    return this.#at;
  }

  set at(index: number) {
    this.#at = index;
  }

  get current(): Token {
    return this.peek(0);
  }

  /** The token before the current one; itself at the start. */
  get last(): Token {
    return this.peek(-1);
  }

  peek(distance: number): Token {
    const index = Math.min(Math.max(this.#at + distance, 0), this.tokens.length - 1);
    return this.tokens[index] as Token;
  }

  /** Is the token so far ahead this keyword or symbol? */
  is(word: string, distance = 0): boolean {
    const { kind, text } = this.peek(distance);
    return text === word && (kind === "symbol" || kind === "keyword");
  }

  isName(word?: string, distance = 0): boolean {
    const { kind, text } = this.peek(distance);
    return kind === "name" && (word === undefined || text === word);
  }

  take(): Token {
    const token = this.current;
    if (this.#at < this.tokens.length - 1) this.#at++;
    return token;
  }

  accept(word: string): boolean {
    if (!this.is(word)) return false;
    this.take();
    return true;
  }

  want(word: string, context = ""): Token {
    if (!this.is(word)) this.fail(`expected '${word}'${context}, got ${describe(this.current)}`);
    return this.take();
  }

  name(what = "a name"): Token {
    if (!this.isName()) this.fail(`expected ${what}, got ${describe(this.current)}`);
    return this.take();
  }

  /** The `>` that ends type arguments, also as the first half of `>=`. */
  wantClosingAngle(): void {
    const { current } = this;
    if (current.kind === "symbol" && current.text === ">=") {
      const rest = { ...current, text: "=", out: "=", lead: "", column: current.column + 1 };
      this.tokens.splice(this.#at, 1, { ...current, text: ">", out: ">" }, rest);
    }
    this.want(">");
  }

  /** Replaces the tokens from `from` up to `to` by blanks of the same width. */
  erase(from: number, to = this.#at): void {
    for (let i = from; i < to; i++) {
      const token = this.tokens[i] as Token;
      token.out = blank(token.text);
      // What stands before the first one is not part of what is erased.
      if (i > from) token.lead = blank(token.lead);
    }
  }

  /** Reads something that the translation leaves out. */
  erasing(read: () => void): void {
    const from = this.#at;
    read();
    this.erase(from);
  }

  /** Runs `read` one level deeper. */
  nest<T>(read: () => T): T {
    if (++this.#depth > maxDepth) this.fail("the text is nested too deeply");
    try {
      return read();
    } finally {
      this.#depth--;
    }
  }

  /** `read`, or, when the text does not fit, nothing has happened. */
  attempt(read: () => boolean): boolean {
    const start = this.#at;
    const depth = this.#depth;
    try {
      if (read()) return true;
    } catch (error) {
      if (!(error instanceof LuauSyntaxError)) throw error;
      this.#depth = depth;
    }
    this.#at = start;
    return false;
  }

  fail(what: string, token = this.current): never {
    throw new LuauSyntaxError(what, token.line, token.column);
  }

  toString(): string {
    return this.tokens.map(({ lead, out }) => lead + out).join("");
  }
}

export const describe = ({ kind, text }: Token): string => (kind === "end" ? "the end of the text" : `'${text}'`);

const blank = (text: string): string => text.replace(/[^\n\r]/g, " ");
