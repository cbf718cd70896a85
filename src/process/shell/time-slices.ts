/**
 * Every turn of a loop gets a look at a file in front, by which a shell that does nothing but loop lets others have their
 * turn (pace.ts): builtins alone never leave the interpreter.
 * @module
 */
import type { Bash } from "just-bash/browser";
import { parseStatements, type Script, type Statement } from "./syntax.ts";

/** What is looked at: it is always there, and `ls /dev` does not show it. */
const paceFile = "/dev/.pace";

/** Loops by what is run first in a turn. A condition may ask how the command before it ended; a body is left alone by `set -e`. */
const turns = {
  While: ["condition", "kept"],
  Until: ["condition", "kept"],
  CStyleFor: ["body", "plain"],
  For: ["body", "plain"],
} as const;

export function addTimeSlices(bash: Bash): void {
  const [kept, plain] = parseStatements(bash, `[[ -e ${paceFile} && $? -eq 0 ]]\n[[ -e ${paceFile} ]]`);
  if (!kept || !plain) throw new Error("the shell's parser gave no statements");
  bash.registerTransformPlugin({
    name: "time-slices",
    transform: ({ ast }: { ast: Script }) => {
      instrument(ast, { kept, plain });
      return { ast };
    },
  });
}

/** Wherever a loop stands: in functions, substitutions and subshells, too. */
function instrument(node: unknown, calls: Readonly<Record<"kept" | "plain", Statement>>): void {
  if (typeof node !== "object" || node === null) return;
  for (const value of Object.values(node)) instrument(value, calls);
  const { type } = node as { type?: unknown };
  if (typeof type !== "string" || !Object.hasOwn(turns, type)) return;
  const [list, call] = turns[type as keyof typeof turns];
  const fields = node as Record<string, unknown>;
  const statements = fields[list];
  if (Array.isArray(statements)) fields[list] = [calls[call], ...statements];
}
