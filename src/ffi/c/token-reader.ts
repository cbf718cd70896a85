import { charge } from "../../base/work.ts";
import { CdefError } from "./cdef-error.ts";
import type { Token } from "./lexer.ts";

/** What is made of a token costs more than to find it. */
const tokenUnits = 150;

/** Tokens one by one; `#line` moves the line numbers of what follows. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #at = 0;
  #shift = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get now(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] as Token;
  }

  get line(): number {
    return this.now.line + this.#shift;
  }

  /** Answers the current token and goes on. */
  next(): Token {
    const token = this.now;
    this.#advance();
    return token;
  }

  #advance(): void {
    charge(tokenUnits);
    this.#at++;
  }

  is(text: string): boolean {
    return this.now.text === text && (this.now.kind === "symbol" || this.now.kind === "identifier");
  }

  take(text: string): boolean {
    if (!this.is(text)) return false;
    this.#advance();
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) throw this.expected(text);
  }

  identifier(): string {
    if (this.now.kind !== "identifier") throw this.expected("<identifier>");
    return this.next().text;
  }

  skipLine(): void {
    const { line } = this.now;
    while (this.now.kind !== "end" && this.now.line === line) this.#advance();
  }

  /** What comes next is on this line. */
  renumber(line: number): void {
    this.#shift = line - this.now.line;
  }

  expected(what: string): CdefError {
    return new CdefError(`'${what}' expected near '${this.now.text}'`, this.line);
  }

  unexpected(): CdefError {
    return new CdefError(`unexpected symbol near '${this.now.text}'`, this.line);
  }
}
