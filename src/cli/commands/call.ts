import { readFile } from "node:fs/promises";
import { exitCodes } from "../../base/error-status.ts";
import type { InvocationContext, Runtime } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { disabledSkills, entryOfDisabled } from "../folder/disabled-skills.ts";
import { type EngineSwitches, onFolder } from "../folder/on-folder.ts";
import { jsonOption } from "../json-option.ts";
import type { CommonSwitches, Run } from "../run.ts";
import { usageError } from "../usage-error.ts";

interface CallSwitches extends EngineSwitches, CommonSwitches {
  readonly args?: string;
  readonly context?: string;
  readonly timeout?: number;
}

/** `luaskills-wasm call`: an entry of the folder, or a file of Lua over its runtime. */
export async function call(
  run: Run,
  skills: string | undefined,
  entry: string | undefined,
  surplus: readonly string[],
  switches: CallSwitches,
): Promise<number> {
  if (skills === undefined || entry === undefined) {
    throw usageError("call needs a folder and an entry: luaskills-wasm call <skills> <entry> --args '{…}'");
  }
  if (surplus.length > 0) {
    throw usageError(
      `"${surplus.join(" ")}" is too much; arguments go into one JSON object: --args '{"key": "value"}'`,
    );
  }
  if (switches.args === "-" && switches.context === "-")
    throw usageError("--args and --context cannot both read stdin");
  const args = (await jsonOption("--args", switches.args)) ?? {};
  const context = (await jsonOption("--context", switches.context)) as InvocationContext | undefined;
  const options = { timeoutMs: switches.timeout, context };
  const code = entry.endsWith(".lua") ? await source(entry) : undefined;
  return onFolder(run, skills, switches, async ({ runtime, folder, tellProblems }) => {
    if (code !== undefined) {
      const value = await runtime.runLua(code, args, options);
      if (typeof value === "string") run.print(value);
      else run.json(value);
      return exitCodes.ok;
    }
    const name = entryName(runtime, folder.kind === "skill" ? folder.skillIds[0] : undefined, entry);
    try {
      const result = await runtime.call(name, args, options);
      if (switches.json) run.json(result);
      else run.print(result.content);
      return exitCodes.ok;
    } catch (thrown) {
      // The skill that was asked for may be the one that did not load.
      if (!(thrown instanceof LuaSkillsError) || thrown.code !== "entry_not_found") throw thrown;
      await tellProblems();
      throw entryOfDisabled(thrown, name, await disabledSkills(runtime, folder.skillIds));
    }
  });
}

/** With one skill in view its own names will do. */
function entryName(runtime: Runtime, skillId: string | undefined, given: string): string {
  const own = runtime.list().find((each) => each.skillId === skillId && each.localName === given);
  return own?.name ?? given;
}

async function source(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new LuaSkillsError("not_found", `the Lua file ${file} cannot be read`, { cause });
  }
}
