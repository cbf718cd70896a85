import { createInterface } from "node:readline/promises";
import { exitCodes } from "../../base/error-status.ts";
import { LuaSkillsError } from "../../errors.ts";
import { type EngineSwitches, onFolder } from "../folder/on-folder.ts";
import type { Run } from "../run.ts";

/** `luaskills-wasm repl`: lines of Lua in one session over the folder's runtime. */
export async function repl(run: Run, skills: string | undefined, switches: EngineSwitches): Promise<number> {
  return onFolder(run, skills ?? ".", switches, async ({ runtime, tellProblems }) => {
    await tellProblems();
    const session = await runtime.session();
    const lines = createInterface({ input: process.stdin, output: process.stdin.isTTY ? process.stderr : undefined });
    if (process.stdin.isTTY) run.report.info('vulcan.call("skill-entry", {…}) calls an entry; Ctrl-D ends');
    lines.setPrompt("> ");
    lines.prompt();
    let failed = false;
    for await (const line of lines) {
      if (line.trim() !== "") {
        try {
          const shown = await answered(line, (code) => session.eval(code));
          if (shown !== undefined) run.print(shown);
          failed = false;
        } catch (thrown) {
          run.report.error(LuaSkillsError.from(thrown));
          failed = true;
        }
      }
      lines.prompt();
    }
    await session.close();
    // Of a script that is piped in, the last line counts.
    return failed && !process.stdin.isTTY ? exitCodes.skillFailed : exitCodes.ok;
  });
}

/**
 * What a line shows, as Lua's own interpreter does: an expression its value, a statement what it returns.
 * Lua is asked which of them it is: an attempt that fails would be logged.
 */
async function answered(line: string, run: (code: string) => Promise<unknown>): Promise<string | undefined> {
  const expression = `return ${line}`;
  if ((await run(`return load(${quoted(expression)}) ~= nil`)) === true) return shown(await run(expression));
  const value = await run(line);
  return value === null || value === undefined ? undefined : shown(value);
}

/** As a string of Lua, whatever is in it. */
function quoted(text: string): string {
  let level = "=";
  while (text.includes(`]${level}]`)) level += "=";
  return `[${level}[${text}]${level}]`;
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "nil";
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
