/**
 * What a package's `dependencies.yaml` says of a managed runtime (engine.md §9.7).
 * @module
 */
import { joinPath } from "../../base/path-text.ts";
import { LuaSkillsError } from "../../errors.ts";
import { withShapeFaults } from "../../skills/manifest/file.ts";
import { readTextIfPresent } from "../../skills/vfs-text.ts";
import { YamlCursor } from "../../skills/yaml/cursor.ts";
import { parseYaml } from "../../skills/yaml/yaml.ts";
import type { Vfs } from "../../vfs/interface.ts";

export type RuntimeKind = "node" | "python";

interface PackageFile {
  readonly path: string;
  readonly text: string;
}

export interface RuntimeDeclaration {
  readonly version: string;
  readonly packageManager: string;
  readonly packageManagerVersion: string | undefined;
  readonly manifest: PackageFile | undefined;
  readonly lockfile: PackageFile | undefined;
}

/** Undefined: the package declares none. @throws LuaSkillsError `invalid_manifest` */
export function readRuntimeDeclaration(vfs: Vfs, skillDir: string, kind: RuntimeKind): RuntimeDeclaration | undefined {
  const path = joinPath(skillDir, "dependencies.yaml");
  const text = readTextIfPresent(vfs, path);
  if (text === undefined) return undefined;
  const file = (named: string | undefined): PackageFile | undefined => {
    if (named === undefined) return undefined;
    const found = readTextIfPresent(vfs, joinPath(skillDir, named));
    if (found !== undefined) return { path: named, text: found };
    throw new LuaSkillsError("invalid_manifest", `${path} names ${named}, which the package does not have`);
  };
  return withShapeFaults(() => {
    const declared = new YamlCursor(parseYaml(text, path)).optional(`${kind}_runtime`);
    if (!declared) return undefined;
    const said = (name: string) => declared.optional(name)?.scalarText();
    return {
      version: declared.required("version").scalarText(),
      packageManager: said("package_manager") ?? (kind === "node" ? "pnpm" : "uv"),
      packageManagerVersion: said("package_manager_version"),
      manifest: file(said("package_json") ?? said("pyproject")),
      lockfile: file(said("lockfile")),
    };
  }, `Failed to parse ${path}`);
}
