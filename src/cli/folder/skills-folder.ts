/**
 * The folder a user names, whatever it is: a folder of skills, its parent, or one skill.
 * @module
 */
import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import type { RuntimeOptions } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";

/** Where the runtime root appears to Lua. */
export const runtimeRoot = "/runtime";

/** What a skill that is run alone keeps between runs; it belongs into .gitignore. */
export const stateFolder = ".luaskills";

export interface SkillsFolder {
  /** `skills`: a folder of skill folders, found as given or below its parent; `skill`: one skill alone. */
  readonly kind: "skills" | "skill";
  /** The folder the skill folders lie in. */
  readonly skillsDir: string;
  /** All that skills can see of the disk, and where their state is kept. */
  readonly root: string;
  /** The skills meant: all of the folder, or the one. */
  readonly skillIds: readonly string[];
  /** What was recognised, where that may surprise. */
  readonly note: string | undefined;
  readonly options: Pick<RuntimeOptions, "runtimeRoot" | "roots">;
  /** A path of the virtual filesystem as the user knows it. */
  onDisk(vfsPath: string): string;
}

/**
 * @param allowHome what skills see may hold the home directory: the user says so, or no skill runs over the folder
 * @throws LuaSkillsError `not_found` | `invalid_argument`
 */
export function openSkillsFolder(given: string, { allowHome }: { readonly allowHome: boolean }): SkillsFolder {
  const folder = path.resolve(given);
  const kind = statSync(folder, { throwIfNoEntry: false });
  if (!kind) throw new LuaSkillsError("not_found", `the skills folder ${folder} does not exist`);
  if (!kind.isDirectory()) {
    throw new LuaSkillsError("invalid_argument", `${folder} is a file; give a skill's folder, or the folder of skills`);
  }
  if (isSkill(folder)) return oneSkill(folder);
  const below = path.join(folder, "skills");
  if (skillsIn(folder).length === 0 && statSync(below, { throwIfNoEntry: false })?.isDirectory()) {
    return manySkills(below, `the skills are in ${below}`, allowHome);
  }
  return manySkills(folder, undefined, allowHome);
}

/** What is said where there is nothing to work on. */
export function noSkills({ skillsDir }: SkillsFolder): string {
  return `there is no skill in ${skillsDir}: no folder with a skill.yaml in it`;
}

/** Names of the folders that hold a skill. */
function skillsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((each) => each.name !== stateFolder && !each.isFile() && isSkill(path.join(folder, each.name)))
    .map(({ name }) => name)
    .sort();
}

function isSkill(folder: string): boolean {
  return statSync(path.join(folder, "skill.yaml"), { throwIfNoEntry: false })?.isFile() ?? false;
}

function oneSkill(folder: string): SkillsFolder {
  if (holdsHome(folder) || holdsDisk(folder)) {
    throw new LuaSkillsError(
      "invalid_argument",
      `a skill can read all of its folder, here all of ${folder}; put the skill into a folder of its own, ` +
        `for example ${path.join(folder, "luaskills", "skills", "my-skill")}`,
    );
  }
  const id = path.basename(folder);
  const inside = `${runtimeRoot}/skills/${id}`;
  const root = path.join(folder, stateFolder);
  return {
    kind: "skill",
    skillsDir: path.dirname(folder),
    root,
    skillIds: [id],
    note: `${folder} is one skill`,
    options: { runtimeRoot, roots: [{ name: "ROOT", skills_dir: `${runtimeRoot}/skills` }] },
    onDisk: (vfsPath) =>
      isBelow(vfsPath, inside) ? path.join(folder, vfsPath.slice(inside.length)) : below(vfsPath, root),
  };
}

function manySkills(skillsDir: string, note: string | undefined, allowHome: boolean): SkillsFolder {
  const root = path.dirname(skillsDir);
  // What the skills' folder leads to counts as well as what it lies in.
  const isHome = holdsHome(root) || holdsHome(skillsDir);
  if (holdsDisk(root) || holdsDisk(skillsDir) || (!allowHome && isHome)) {
    throw new LuaSkillsError(
      "invalid_argument",
      `skills can read and write everything beside their folder, here all of ${root}; ` +
        `put the skills folder into a folder of its own, for example ${path.join(root, "luaskills", path.basename(skillsDir))}` +
        (isHome ? ", or say --allow-home" : ""),
    );
  }
  const name = path.basename(skillsDir);
  return {
    kind: "skills",
    skillsDir,
    root,
    skillIds: skillsIn(skillsDir),
    note,
    options: { runtimeRoot, roots: [{ name: "ROOT", skills_dir: `${runtimeRoot}/${name}` }] },
    onDisk: (vfsPath) => below(vfsPath, root),
  };
}

const holdsHome = (folder: string) => holds(folder, homedir());
const holdsDisk = (folder: string) => holds(folder, path.parse(folder).root);

function below(vfsPath: string, root: string): string {
  return isBelow(vfsPath, runtimeRoot) ? path.join(root, vfsPath.slice(runtimeRoot.length)) : vfsPath;
}

function isBelow(vfsPath: string, folder: string): boolean {
  return vfsPath === folder || vfsPath.startsWith(`${folder}/`);
}

/** Whether a folder is the other one, or has it somewhere below; links count for what they lead to. */
function holds(folder: string, other: string): boolean {
  const [outer, inner] = [folder, other].map((each) => (existsSync(each) ? realpathSync(each) : path.resolve(each)));
  return inner === outer || `${inner}`.startsWith(`${outer}`.endsWith(path.sep) ? `${outer}` : `${outer}${path.sep}`);
}
