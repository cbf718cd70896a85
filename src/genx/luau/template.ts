import type { Token } from "./token.ts";

/** Lua reads a chain of `..` from the right, one level deeper each; it has 200. */
const groupSize = 40;

/**
 * Turns the pieces of an interpolated string into a chain of concatenations around the expressions between them.
 * @param text name of the function that gives the text of a value
 */
export function templateToLua(pieces: readonly Token[], text: string): void {
  const [start, ...rest] = pieces;
  if (start === undefined) return;
  if (rest.length === 0) {
    start.out = `(${start.out})`;
    return;
  }
  const said = (token: Token, before: string, after: string): string =>
    token.out === '""' ? "" : before + token.out + after;
  const grouped = rest.length > groupSize;
  start.out = `${grouped ? "((" : "("}${said(start, "", "..")}${text}((`;
  for (const [i, piece] of rest.slice(0, -1).entries()) {
    piece.out = `))${said(piece, "..", "")}${(i + 1) % groupSize === 0 ? ")..(" : ".."}${text}((`;
  }
  const end = rest.at(-1) as Token;
  end.out = `))${said(end, "..", "")}${grouped ? "))" : ")"}`;
}
