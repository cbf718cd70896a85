/**
 * Template kinds are the pieces of an interpolated string: `start{ expression }middle{ expression }end`; a string without
 * an expression is one `template`.
 */
export type TokenKind =
  | "name"
  | "keyword"
  | "symbol"
  | "number"
  | "string"
  | "template"
  | "template-start"
  | "template-middle"
  | "template-end"
  | "end";

/** A piece of the text. The translation is what all tokens say, one after the other: each `lead` and then each `out`. */
export interface Token {
  readonly kind: TokenKind;
  /** As written. */
  readonly text: string;
  readonly line: number;
  readonly column: number;
  /** Blanks and comments in front of it. */
  lead: string;
  /** What the translation says instead; literals are Lua's already. */
  out: string;
}
