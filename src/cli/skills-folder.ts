import { realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import type { RuntimeOptions } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";

/** Where the runtime root appears to Lua. */
const runtimeRoot = "/runtime";

export interface SkillsFolder {
  /** The parent of the skills folder: all that skills can see, and where their state is kept. */
  readonly root: string;
  readonly options: Pick<RuntimeOptions, "runtimeRoot" | "roots">;
  /** A path of the virtual filesystem as the user knows it. */
  onDisk(vfsPath: string): string;
}

/** @throws LuaSkillsError `not_found` | `invalid_argument` */
export function openSkillsFolder(given: string, { allowHome = false } = {}): SkillsFolder {
  const folder = path.resolve(given);
  const kind = statSync(folder, { throwIfNoEntry: false });
  if (!kind) throw new LuaSkillsError("not_found", `the skills folder ${folder} does not exist`);
  if (!kind.isDirectory()) {
    throw new LuaSkillsError("invalid_argument", `${folder} is a file; give the folder that holds the skill folders`);
  }
  if (statSync(path.join(folder, "skill.yaml"), { throwIfNoEntry: false })) {
    const text = `${folder} is a skill; give the folder that holds skill folders: ${path.dirname(folder)}`;
    throw new LuaSkillsError("invalid_argument", text);
  }
  const root = path.dirname(folder);
  if (isOrHolds(root, path.parse(root).root) || (!allowHome && isOrHolds(root, homedir()))) {
    throw new LuaSkillsError(
      "invalid_argument",
      `skills can read and write everything beside their folder, here all of ${root}; ` +
        `put the skills folder into a folder of its own, for example ${path.join(root, "luaskills", path.basename(folder))}` +
        (isOrHolds(root, homedir()) ? ", or say --allow-home" : ""),
    );
  }
  return {
    root,
    options: { runtimeRoot, roots: [{ name: "ROOT", skills_dir: `${runtimeRoot}/${path.basename(folder)}` }] },
    onDisk: (vfsPath) =>
      vfsPath === runtimeRoot || vfsPath.startsWith(`${runtimeRoot}/`)
        ? path.join(root, vfsPath.slice(runtimeRoot.length))
        : vfsPath,
  };
}

/** Links count for what they lead to. */
function isOrHolds(folder: string, other: string): boolean {
  const real = (each: string): string => {
    try {
      return realpathSync(each);
    } catch {
      return path.resolve(each);
    }
  };
  const [outer, inner] = [real(folder), real(other)];
  return inner === outer || inner.startsWith(outer.endsWith(path.sep) ? outer : outer + path.sep);
}
