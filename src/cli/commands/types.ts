import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { exitCodes } from "../../base/error-status.ts";
import { LuaSkillsError } from "../../errors.ts";
import { entryTypes } from "../entry-types.ts";
import { onFolder } from "../folder/on-folder.ts";
import { noSkills } from "../folder/skills-folder.ts";
import { editorFiles } from "../init/common-files.ts";
import type { Run } from "../run.ts";

/** `luaskills-wasm types`: annotations for the skills' Lua, and the entries' arguments for the host's TypeScript. */
export async function types(
  run: Run,
  skills: string | undefined,
  { out, allowHome = false }: { readonly out?: string; readonly allowHome?: boolean },
): Promise<number> {
  return onFolder(run, skills ?? ".", { memory: true, allowHome }, async ({ runtime, folder, tellProblems }) => {
    if (folder.skillIds.length === 0) throw new LuaSkillsError("not_found", noSkills(folder));
    await tellProblems();
    for (const id of folder.skillIds) {
      for (const [name, text] of Object.entries(editorFiles())) write(path.join(folder.skillsDir, id, name), text);
      run.print(path.relative(process.cwd(), path.join(folder.skillsDir, id, "types")) || "types");
    }
    if (out !== undefined) {
      write(out, entryTypes(runtime.list()));
      run.print(out);
    }
    return exitCodes.ok;
  });
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  writeFileSync(file, text);
}
