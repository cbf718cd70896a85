/**
 * Packages that come with the options, put into their root before it is loaded: at every start of an engine, a replacing one too.
 * @module
 */

import type { SeedPackage } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { openSkillPackage, skillIdOfPackage } from "../../skills/archive/skill-package.ts";
import { requireIdentifier } from "../../skills/manifest/identifiers.ts";
import { manifestVersion } from "../../skills/manifest/installed-version.ts";
import { compareIfVersions } from "../../skills/manifest/version.ts";
import { skillDirIn } from "../../skills/registry/roots.ts";
import { holds } from "../../skills/vfs-text.ts";
import { loadYaml } from "../../skills/yaml/parser.ts";
import { parseYaml } from "../../skills/yaml/yaml.ts";
import type { Vfs } from "../../vfs/interface.ts";
import type { EngineCore } from "../core.ts";

type Files = ReadonlyMap<string, Uint8Array>;

/**
 * A package that is there with the same files stays untouched, and so does one of a newer version; any other is replaced. They go to
 * the first read-only root, else to the first. @throws LuaSkillsError `invalid_argument`, `invalid_archive`
 */
export async function seedSkills(core: EngineCore, seeds: readonly SeedPackage[]): Promise<void> {
  await loadYaml();
  const { vfs } = core.services;
  const root = core.live.chain.find(({ readOnly }) => readOnly === true) ?? core.live.chain[0];
  if (!root)
    throw new LuaSkillsError("invalid_argument", "skills: there is no root to put them into; `roots` is empty");
  for (const seed of seeds) {
    const packages = "zip" in seed ? [zipPackage(core, seed.zip)] : filePackages(seed.files);
    for (const [id, files] of packages) put(vfs, skillDirIn(root, id), files);
  }
}

function zipPackage(core: EngineCore, bytes: Uint8Array): readonly [id: string, files: Files] {
  const { limits } = core.settings;
  const id = requireIdentifier(skillIdOfPackage(bytes, "of the option skills", limits), "skill_id");
  return [id, openSkillPackage(bytes, `${id} of the option skills`, id, limits).files];
}

/** A package is where a `skill.yaml` is, the outermost one; its folder has its name. Files beside packages are nobody's. */
function filePackages(
  record: Readonly<Record<string, string | Uint8Array>>,
): Array<readonly [id: string, files: Files]> {
  const all = new Map(Object.entries(record).map(([path, content]) => [plainPath(path), bytes(content)]));
  const folders = [...all.keys()]
    .filter((path) => path === "skill.yaml" || path.endsWith("/skill.yaml"))
    .map((path) => path.slice(0, -"skill.yaml".length))
    .sort((a, b) => a.length - b.length);
  const outermost = folders.filter((folder, i) => !folders.slice(0, i).some((other) => folder.startsWith(other)));
  if (outermost.length === 0) {
    const some = [...all.keys()].slice(0, 3).join(", ") || "none";
    throw new LuaSkillsError("invalid_argument", `skills: no skill.yaml among the ${all.size} files (${some}, …)`);
  }
  return outermost.map((folder) => {
    const files = new Map(
      [...all].flatMap(([path, content]) => (path.startsWith(folder) ? [[path.slice(folder.length), content]] : [])),
    );
    const id = folder === "" ? (declared(files, "name") ?? "") : (folder.split("/").at(-2) ?? "");
    return [requireIdentifier(id, "skill_id"), files] as const;
  });
}

/** Without what leads to it from a source file: `./`, `../`, `/`. */
function plainPath(path: string): string {
  const steps = path.split("/").filter((step) => step !== "" && step !== ".");
  const first = steps.findIndex((step) => step !== "..");
  const plain = first === -1 ? [] : steps.slice(first);
  if (plain.length > 0 && !plain.includes("..")) return plain.join("/");
  throw new LuaSkillsError(
    "invalid_argument",
    `skills: ${JSON.stringify(path)} is not the path of a file in a package`,
  );
}

/** What a manifest says of itself; a broken one says nothing, and the load says why. */
function declared(files: Files, member: "name" | "version"): string | undefined {
  try {
    const { value } = parseYaml(new TextDecoder().decode(files.get("skill.yaml")), "skill.yaml");
    const found = value instanceof Map ? value.get(member) : undefined;
    return typeof found === "string" ? found.trim() : undefined;
  } catch {
    // The load says what is wrong with it.
    return undefined;
  }
}

const bytes = (content: string | Uint8Array) =>
  typeof content === "string" ? new TextEncoder().encode(content) : content;

function put(vfs: Vfs, dir: string, files: Files): void {
  if (vfs.stat(dir) !== undefined) {
    if ([...files].every(([name, content]) => holds(vfs, `${dir}/${name}`, content))) return;
    const [installed, version] = [manifestVersion(vfs, dir), declared(files, "version")];
    if (installed !== undefined && version !== undefined && (compareIfVersions(installed, version) ?? 0) > 0) return;
    vfs.remove(dir, { recursive: true });
  }
  for (const [name, content] of files) {
    const path = `${dir}/${name}`;
    vfs.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    vfs.writeFile(path, content);
  }
}
