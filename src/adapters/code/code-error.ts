/**
 * An error of code as its author can use it: the line of its own text, the sentence, what to try.
 * @module
 */
import { LuaSkillsError, type LuaSkillsErrorCode } from "../../errors.ts";

const byCode: Partial<Record<LuaSkillsErrorCode, string>> = {
  deadline_exceeded: "The code ran too long and was stopped. Do less at once, and look for a loop that does not end.",
  invalid_result: "Return data only: tables, strings, numbers, booleans, nil. Functions cannot be returned.",
  memory_exceeded: "The code needed too much memory. Work on less at once.",
  output_exceeded: "The code printed too much. Print less.",
};

/** The first that fits. */
const byText: ReadonlyArray<readonly [pattern: RegExp, hint: string]> = [
  [/near '(!|!=)'/, "Lua writes ~= for not equal, and `not x` for negation."],
  [/near '(&&|&|\|\||\|)'/, "Lua writes `and` and `or`."],
  [/near '(\+|-|\*)='|near '='/, "Lua has no +=; write x = x + 1. Compare with ==."],
  [/near '(\{|\})'/, "Lua has no braces around blocks: if … then … end, for … do … end, function() … end."],
  [
    /near '(const|let|var|await|async|null|undefined|new)'/,
    "This is Lua, not JavaScript: use `local`; calls wait by themselves.",
  ],
  [/near (<eof>|'end')|'end' expected/, "The code ends too early: a block, a call or a string is not closed."],
  [
    /^Skill '.*' (not found|may not be called)/m,
    "Call one of the entries that the tool's description lists, by its exact name.",
  ],
  [/attempt to index/, "What stands before the dot or the bracket is nil there. Print it, or check its name."],
  [/attempt to call/, "There is no such function. Entries are called with vulcan.call(name, args)."],
  [
    /attempt to (perform arithmetic|compare)/,
    "Entries answer with text: turn it into a number with tonumber(), or decode it with vulcan.json.decode().",
  ],
  [/attempt to concatenate/, "One side of .. is nil or a table. Use tostring() or vulcan.json.encode()."],
];

const syntaxHint = "The code does not parse there: look for what is not closed, there or on the lines above.";

/** Lines shown on each side of the one at fault. */
const around = 1;

/** The error with its line, the text around it, a hint in its data, and what was printed before. */
export function codeError(thrown: unknown, code: string, output: string): LuaSkillsError {
  const error = LuaSkillsError.from(thrown);
  const lines = code.split("\n");
  const told = typeof error.data.line === "number" ? error.data.line : undefined;
  // A fault of the end is found behind it.
  const line = told === undefined ? undefined : Math.min(Math.max(told, 1), lines.length);
  const message = told === line ? error.message : error.message.replace(`line ${told}:`, `line ${line}:`);
  const hint =
    byCode[error.code] ??
    byText.find(([pattern]) => pattern.test(message))?.[1] ??
    (error.code === "lua_syntax_error" ? syntaxHint : undefined);
  const parts = [
    message,
    ...(line === undefined ? [] : [excerpt(lines, line)]),
    ...(output === "" ? [] : [`Printed before:\n${output}`]),
  ];
  return new LuaSkillsError(error.code, parts.join("\n"), {
    data: {
      ...error.data,
      sentence: message,
      ...(line === undefined ? {} : { line }),
      ...(hint === undefined ? {} : { hint }),
    },
    cause: error,
    ...(error.luaTraceback === undefined ? {} : { luaTraceback: error.luaTraceback }),
  });
}

function excerpt(lines: readonly string[], line: number): string {
  const first = Math.max(1, line - around);
  return lines
    .slice(first - 1, line + around)
    .map((text, i) => `${first + i === line ? ">" : " "} ${first + i} | ${text.slice(0, 200)}`)
    .join("\n");
}
