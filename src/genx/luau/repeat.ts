import type { Cursor } from "./cursor.ts";
import type { Declaration, Loop } from "./scope.ts";
import type { Token } from "./token.ts";

interface Repeat {
  readonly cursor: Cursor;
  readonly start: Token;
  readonly until: Token;
  readonly loop: Loop;
  readonly declarations: readonly Declaration[];
  /** Names that the condition reads. */
  readonly reads: readonly { readonly name: string; readonly at: number }[];
}

/**
 * A `repeat` loop with `continue`: the label stands behind a block around the body, and what the condition reads of the
 * body's locals is declared in front of that block.
 */
export function rewriteRepeat({ cursor, start, until, loop, declarations, reads }: Repeat): void {
  const wanted = declarations.filter(({ names }) => reads.some(({ name }) => names.includes(name)));
  const [firstContinue = Infinity] = loop.continues;
  for (const { names, keyword } of wanted) {
    const read = reads.find(({ name }) => names.includes(name));
    if (keyword > firstContinue && read !== undefined) {
      const { line } = cursor.tokens[firstContinue] as Token;
      cursor.fail(
        `local ${read.name} used in the repeat..until condition is undefined because continue on line ${line} jumps over it`,
        cursor.tokens[read.at],
      );
    }
  }
  for (const declaration of wanted) assignInstead(cursor, declaration);
  const names = [...new Set(wanted.flatMap((declaration) => declaration.names))];
  start.out = `repeat ${names.length > 0 ? `local ${names.join(",")} ` : ""}do`;
  until.out = `end ::${loop.label}:: until`;
}

function assignInstead(cursor: Cursor, { keyword, end, kind }: Declaration): void {
  (cursor.tokens[keyword] as Token).out = "";
  if (kind === "function") return;
  for (let i = keyword; i < end; i++) {
    const token = cursor.tokens[i] as Token;
    token.out = token.out.replace("<const>", "");
  }
  if (kind === "nothing") (cursor.tokens[end - 1] as Token).out += "=nil";
}
