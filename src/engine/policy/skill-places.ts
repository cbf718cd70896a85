/**
 * Which parts of the tree belong to whom: what every skill of an isolated engine finds where (docs/spec/engine.md §1.1).
 * @module
 */

import { joinPath, parentPath } from "../../base/path-text.ts";
import { join, normalise } from "../../base/paths.ts";
import { foldName } from "../../base/text/fold-name.ts";
import type { SkillRoot } from "../../contract/contract.ts";
import { databasePath } from "../../databases/binding.ts";
import { FileRules, type Place } from "../../policy/file-rules.ts";
import type { GrantedFiles } from "../../policy/grant-source.ts";
import type { FileAccess } from "../../policy/path-rules.ts";
import type { HostOptions } from "../../skills/options/host-options.ts";
import { databaseDirOf, dependencyDirOf, runtimeRootOf, skillDirIn, stateDirOf } from "../../skills/registry/roots.ts";

export interface SkillPlacesOptions {
  readonly runtimeRoot: string;
  readonly roots: readonly SkillRoot[];
  readonly hostOptions: HostOptions;
  readonly configFile: string | undefined;
  readonly temp: string;
  /** The file of answers that are kept. */
  readonly answers: string;
  /** Whether there is a skill of that id, loaded or not. */
  isSkill(id: string): boolean;
}

/** What begins so is the store's own: its lock, what it has not written to the end. */
const ownPrefix = "/.luaskills";

/** Folders of a runtime root with code or files of the host that all skills share: nobody changes them from Lua. */
const sharedCode = ["bin", "libs", "lua_packages", "resources", "system_lua_lib"];
/**
 * `<state>/data/<skill id>` is a skill's alone. In `<runtime root>/data` and in the folder for temporary files, which skills
 * share, a folder with the id of a skill is that skill's.
 */
export const dataFolder = "data";
const sharedFolders = ({ runtimeRoot, temp }: SkillPlacesOptions) => [joinPath(runtimeRoot, dataFolder), temp];

/** Where temporary files of a skill are. */
export const temporaryFolder = (temp: string, skillId: string): string => joinPath(temp, skillId);

/** `skillId` null: code without a skill, which owns nothing. */
export function fileRules(skillId: string | null, granted: GrantedFiles, options: SkillPlacesOptions): FileRules {
  const places: Place[] = options.roots.flatMap((root) => placesOf(root, skillId, options, granted.own));
  const { configFile, hostOptions } = options;
  const heads = sharedFolders(options).map((folder) => `${foldName(normalise(folder))}/`);
  places.push(place(options.answers, "none"));
  if (skillId !== null) {
    for (const folder of sharedFolders(options)) places.push(place(joinPath(folder, skillId), granted.own));
  }
  if (configFile !== undefined) {
    places.push(place(configFile, "none"));
    // The file is replaced through one beside it.
    const folder = parentPath(configFile);
    if (folder !== undefined && folder !== options.runtimeRoot && folder !== "/") places.push(place(folder, "none"));
  }
  for (const code of [hostOptions.luaPackagesDir, hostOptions.resourcesDir, hostOptions.hostProvidedLuaRoot]) {
    if (code !== undefined) places.push(place(code, "read"));
  }
  return new FileRules({
    places: withoutDoubles(places),
    opened: granted.named,
    hidden: isHidden,
    elsewhere: (path) => granted.access(path),
    meetingPlaces: sharedFolders(options),
  });

  /** Of a normalised path in small letters. */
  function isHidden(path: string): boolean {
    if (path.includes(ownPrefix)) return true;
    return heads.some((head) => {
      if (!path.startsWith(head)) return false;
      const [owner = ""] = path.slice(head.length).split("/", 1);
      return owner !== skillId && options.isSkill(owner);
    });
  }
}

const place = (path: string, access: FileAccess): Place => ({ path, access });

function placesOf(
  root: SkillRoot,
  skillId: string | null,
  { hostOptions }: SkillPlacesOptions,
  own: FileAccess,
): Place[] {
  const base = runtimeRootOf(root);
  const dependencies = dependencyDirOf(root, hostOptions);
  const databases = databaseDirOf(root, hostOptions);
  const state = stateDirOf(root, hostOptions);
  const places = [
    place(root.skills_dir, "branch"),
    place(state, "branch"),
    place(joinPath(state, dataFolder), "branch"),
    place(databases, "branch"),
    place(dependencies, "branch"),
    place(joinPath(base, "temp/downloads"), "none"),
    ...sharedCode.map((name) => place(joinPath(base, name), "read")),
  ];
  for (const kind of ["sqlite", "lancedb"] as const) places.push(place(joinPath(databases, kind), "branch"));
  for (const kind of ["tools", "lua", "ffi"]) places.push(place(joinPath(dependencies, kind), "branch"));
  if (skillId === null) return places;
  places.push(place(skillDirIn(root, skillId), "read"));
  for (const kind of ["tools", "lua", "ffi"])
    places.push(place(joinPath(joinPath(dependencies, kind), skillId), "read"));
  places.push(
    place(parentPath(databasePath("sqlite", databases, skillId)) ?? databases, own),
    place(databasePath("lancedb", databases, skillId), own),
    place(join(state, dataFolder, skillId), own),
  );
  return places;
}

/** The first rule for a path stands: the innermost root's folders come first in a chain. */
function withoutDoubles(places: readonly Place[]): Place[] {
  const byPath = new Map<string, Place>();
  for (const place of places) {
    const known = byPath.get(place.path);
    if (!known || rank[place.access] > rank[known.access]) byPath.set(place.path, place);
  }
  return [...byPath.values()];
}

const rank: Readonly<Record<FileAccess, number>> = { none: 0, branch: 1, read: 2, write: 3 };
