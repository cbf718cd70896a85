/**
 * The lexical statement counter of databases.md §7.3. It knows quotes and comments, not brackets, backticks or trigger
 * bodies; it decides errors and `statements_executed`, so it stays exactly as simple as it is.
 * @module
 */
import { charge } from "../../base/work.ts";

/** Characters that are paid for at a time. */
const step = 4096;

/** Not `\s`, which has U+FEFF on top. */
const space = /\p{White_Space}/u;

/** How many statements a text seems to hold. */
export function countStatements(sql: string): number {
  let count = 0;
  let content = false;
  let at = 0;
  let paid = 0;
  while (at < sql.length) {
    if (at >= paid) {
      charge(2 * step);
      paid = at + step;
    }
    const char = sql[at] as string;
    if (char === "'" || char === '"') {
      content = true;
      at = skipQuoted(sql, at, char);
    } else if (char === "-" && sql[at + 1] === "-") {
      const end = sql.indexOf("\n", at);
      at = end === -1 ? sql.length : end + 1;
    } else if (char === "/" && sql[at + 1] === "*") {
      const end = sql.indexOf("*/", at + 2);
      // The last character of a comment that does not end counts as content, as natively.
      at = end === -1 ? Math.max(at + 2, sql.length - 1) : end + 2;
    } else {
      if (char === ";") {
        if (content) count++;
        content = false;
      } else if (!space.test(char)) content = true;
      at++;
    }
  }
  return content ? count + 1 : count;
}

function skipQuoted(sql: string, start: number, quote: string): number {
  for (let at = start + 1; at < sql.length; at++) {
    if (sql[at] !== quote) continue;
    if (sql[at + 1] !== quote) return at + 1;
    at++;
  }
  return sql.length;
}
