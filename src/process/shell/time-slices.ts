/**
 * Every turn of a loop gets a command in front, by which a shell that does nothing but loop lets others have their turn
 * (pace.ts): builtins alone never leave the interpreter.
 * @module
 */
import type { Bash } from "just-bash/browser";

/** The command's name: no script has one like it, and `ls /bin` does not show it. */
export const sliceCommand = ".slice";

type Node = Record<string, unknown>;
type Script = Parameters<Parameters<Bash["registerTransformPlugin"]>[0]["transform"]>[0]["ast"];

/** Loops by what is run first in a turn, and what the command answers there: a condition may read the status before it. */
const turns: Readonly<Record<string, readonly [list: string, call: string]>> = {
  While: ["condition", `${sliceCommand} "$?"`],
  Until: ["condition", `${sliceCommand} "$?"`],
  CStyleFor: ["body", `${sliceCommand} 0`],
  For: ["body", `${sliceCommand} 0`],
};

export function addTimeSlices(bash: Bash): void {
  const calls = new Map<string, unknown>();
  bash.registerTransformPlugin({
    name: "time-slices",
    transform: ({ ast }) => {
      for (const [, call] of Object.values(turns)) if (!calls.has(call)) calls.set(call, parse(bash, calls, call));
      instrument(ast as unknown as Node, calls);
      return { ast };
    },
  });
}

/** The statement of a text, made by the shell's own parser. The mark keeps the plugin from asking for itself. */
function parse(bash: Bash, calls: Map<string, unknown>, call: string): unknown {
  calls.set(call, undefined);
  const { ast } = bash.transform(call) as { ast: Script };
  return ast.statements[0];
}

function instrument(node: unknown, calls: ReadonlyMap<string, unknown>): void {
  if (typeof node !== "object" || node === null) return;
  const fields = node as Node;
  for (const value of Object.values(fields)) instrument(value, calls);
  const turn = typeof fields.type === "string" && Object.hasOwn(turns, fields.type) ? turns[fields.type] : undefined;
  const list = turn && fields[turn[0]];
  const statement = turn && calls.get(turn[1]);
  if (turn && statement !== undefined && Array.isArray(list)) fields[turn[0]] = [statement, ...list];
}
