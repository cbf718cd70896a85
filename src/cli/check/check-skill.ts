/**
 * Everything that can be said about one skill without running it.
 * @module
 */
import type { Runtime } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { decodeManifest } from "../../skills/manifest/decode.ts";
import { readManifestFile } from "../../skills/manifest/file.ts";
import { isIdentifier } from "../../skills/manifest/identifiers.ts";
import { loadManifest } from "../../skills/manifest/manifest.ts";
import { loadYaml } from "../../skills/yaml/parser.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { MemoryStore } from "../../vfs/memory-store.ts";
import { entryFaults } from "./entry-faults.ts";
import { error, type Finding } from "./finding.ts";
import { helpFaults } from "./help-faults.ts";
import { luaFaults } from "./lua-faults.ts";
import { manifestKeyFaults } from "./manifest-key-faults.ts";
import { manifestText } from "./manifest-text.ts";
import { dependencyFaults, folderFaults } from "./package-faults.ts";
import { parameterFaults } from "./parameter-faults.ts";
import { schemaFaults } from "./schema-faults.ts";

/** @param runtime whose Lua compiles the files */
export async function checkSkill(
  runtime: Runtime,
  skillId: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<Finding[]> {
  await loadYaml();
  const dir = `/skills/${skillId}`;
  const vfs = filesystem(dir, files);
  return [
    ...folderFaults(skillId, files),
    ...attempt("skill.yaml", () => manifestFaults(vfs, dir, skillId, files)),
    ...(await schemaFaults(vfs, dir)),
    ...attempt("dependencies.yaml", () => dependencyFaults(vfs, dir)),
    ...(await luaFaults(runtime, files)),
  ];
}

function manifestFaults(vfs: Vfs, dir: string, skillId: string, files: ReadonlyMap<string, Uint8Array>): Finding[] {
  const text = manifestText(new TextDecoder().decode(files.get("skill.yaml")), "skill.yaml");
  const keys = manifestKeyFaults(text);
  const file = readManifestFile(vfs, dir);
  if (file === undefined) return [error("skill.yaml", "is missing")];
  // What has the wrong shape cannot be asked for more.
  const manifest = keys.some(({ severity }) => severity === "error")
    ? tried(() => decodeManifest(file))
    : decodeManifest(file);
  const more =
    manifest === undefined
      ? []
      : [entryFaults, helpFaults, parameterFaults].flatMap((faults) =>
          faults({ skillId, manifest, files, position: (at) => text.position(at) }),
        );
  const found = [...keys, ...more];
  // The rules the engine has beyond those: the first that is broken, where nothing else was found.
  if (found.some(({ severity }) => severity === "error") || !isIdentifier(skillId)) return found;
  const loads = attempt("skill.yaml", () => {
    loadManifest(vfs, dir);
    return [];
  });
  return [...found, ...loads];
}

/** What the engine refuses, as a finding. */
function attempt(file: string, faults: () => Finding[]): Finding[] {
  try {
    return faults();
  } catch (thrown) {
    const { message, data } = LuaSkillsError.from(thrown);
    const line = typeof data.line === "number" ? { line: data.line } : {};
    const column = typeof data.column === "number" ? { column: data.column } : {};
    const text = message.replace(/^Failed to (?:parse|decode) \S+: /, "").replace(/ at line \d+ column \d+$/, "");
    return [error(file, text, { ...line, ...column })];
  }
}

function tried<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined; // The same faults are in the list by position.
  }
}

function filesystem(dir: string, files: ReadonlyMap<string, Uint8Array>): Vfs {
  const { fs } = new MemoryStore();
  for (const [name, bytes] of files) {
    const path = `${dir}/${name}`;
    fs.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    fs.writeFile(path, bytes);
  }
  return fs;
}
