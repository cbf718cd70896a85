/**
 * Programs that a directory of tools has, laid out as the native engine does: `<name>/<version>/<platform>/<file>`.
 * @module
 */
import { accessSync, constants, readdirSync, realpathSync } from "node:fs";
import path from "node:path";
import { LuaSkillsError } from "../../errors.ts";
import type { ProgramRule } from "../config.ts";

const deepest = 8;
const mostFiles = 10_000;

/** Every executable file, by its name. Links are not followed: whoever set up the directory put the programs into it. */
export function toolPrograms(roots: readonly string[]): readonly ProgramRule[] {
  const found = new Map<string, string>();
  let looked = 0;
  const walk = (folder: string, depth: number): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const file = path.join(folder, entry.name);
      looked += 1;
      if (looked > mostFiles) throw wrong(roots, `has more than ${mostFiles} files`);
      if (entry.isDirectory() && depth < deepest) walk(file, depth + 1);
      // The later version stands later.
      if (entry.isFile() && isProgram(file)) found.set(entry.name.replace(/\.exe$/i, ""), file);
    }
  };
  for (const root of roots) {
    try {
      walk(realpathSync(root), 0);
    } catch (cause) {
      if (cause instanceof LuaSkillsError) throw cause;
      throw wrong([root], "cannot be read");
    }
  }
  return [...found].map(([name, file]) => ({ name, path: file }));
}

function isProgram(file: string): boolean {
  if (process.platform === "win32") return /\.exe$/i.test(file);
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function wrong(roots: readonly string[], how: string): LuaSkillsError {
  return new LuaSkillsError("invalid_argument", `the directory of tools ${JSON.stringify(roots.join(", "))} ${how}`);
}
