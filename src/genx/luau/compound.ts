import { type Cursor, describe } from "./cursor.ts";
import type { Expressions, Suffixed } from "./expressions.ts";
import type { Token } from "./token.ts";

export const compoundOperators: ReadonlySet<string> = new Set(["+=", "-=", "*=", "/=", "//=", "%=", "^=", "..="]);

interface Compound {
  readonly cursor: Cursor;
  readonly target: Suffixed;
  /** First token of the target. */
  readonly start: number;
  readonly prefix: string;
  readonly expressions: Expressions;
}

/**
 * `target op= value` at the operator. Table and key of a target are evaluated once: `t[f()] += 1` becomes
 * `do local o=t; local k=f(); o[k]=o[k]+(1)end`, token by token where it stands.
 */
export function rewriteCompound({ cursor, target, start, prefix, expressions }: Compound): void {
  if (target.kind === "call" || target.kind === "parentheses") {
    cursor.fail(`cannot assign to a call or to parentheses with ${describe(cursor.current)}`);
  }
  const operator = cursor.take();
  const sign = operator.text.slice(0, -1);
  const token = (index: number): Token => cursor.tokens[index] as Token;
  if (target.kind === "name") {
    operator.out = `=${token(start).out} ${sign}(`;
    expressions.expression();
    cursor.last.out += ")";
    expressions.changed();
    return;
  }
  const object = `${prefix}_o`;
  const key = `${prefix}_k`;
  token(start).out = `do local ${object}=${token(start).out}`;
  let place: string;
  if (target.kind === "field") {
    const field = token(target.split + 1).text;
    place = field === "goto" ? `${object}["goto"]` : `${object}.${field}`;
    token(target.split).out = "";
    token(target.split + 1).out = `;${place}`;
  } else {
    place = `${object}[${key}]`;
    token(target.split).out = `;local ${key}=`;
    closing(cursor, operator).out = `;${place}`;
  }
  operator.out = `=${place} ${sign}(`;
  expressions.expression();
  cursor.last.out += ")end";
}

/** The bracket in front of the operator. */
function closing(cursor: Cursor, operator: Token): Token {
  return cursor.tokens[cursor.tokens.indexOf(operator) - 1] as Token;
}
