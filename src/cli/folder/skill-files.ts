import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { LuaSkillsError } from "../../errors.ts";
import { stateFolder } from "./skills-folder.ts";

/** What lies in a skill's folder and is none of the skill. */
const ignored = new Set([stateFolder, ".git", "node_modules", ".pnpm-store", "__pycache__", ".DS_Store"]);

/** Reading a folder that is none of a skill's should end soon. */
const maxFiles = 10_000;

/** Everything of a skill's folder: path with `/` below it → bytes. Links are not followed. @throws LuaSkillsError `invalid_argument` */
export function skillFiles(folder: string): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const walk = (below: string): void => {
    for (const each of readdirSync(path.join(folder, below), { withFileTypes: true })) {
      if (ignored.has(each.name)) continue;
      const name = below === "" ? each.name : `${below}/${each.name}`;
      if (each.isDirectory()) walk(name);
      else if (each.isFile()) files.set(name, readFileSync(path.join(folder, name)));
      if (files.size > maxFiles) {
        throw new LuaSkillsError("invalid_argument", `${folder} holds more than ${maxFiles} files; is it a skill?`);
      }
    }
  };
  walk("");
  return files;
}
