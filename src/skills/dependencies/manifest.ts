/**
 * `dependencies.yaml` (spec engine.md §9.1). Unknown keys are inert, plain scalars count as text.
 * @module
 */

import { joinPath } from "../../base/path-text.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { withShapeFaults } from "../manifest/file.ts";
import { readTextIfPresent, reasonText } from "../vfs-text.ts";
import { YamlCursor } from "../yaml/cursor.ts";
import { parseYaml } from "../yaml/yaml.ts";

export type DependencyKind = "tool" | "lua" | "ffi";

export interface DependencyExport {
  readonly archivePath: string;
  readonly targetPath: string;
  readonly executable: boolean;
}

export interface DependencyPackage {
  readonly archiveType: "raw" | "zip" | "tar_gz";
  readonly assetName: string | undefined;
  readonly url: string | undefined;
  /** Extension of the SDK: 64 hex digits. */
  readonly sha256: string | undefined;
  readonly exports: readonly DependencyExport[];
}

export interface Dependency {
  readonly kind: DependencyKind;
  readonly name: string;
  readonly version: string | undefined;
  readonly required: boolean;
  readonly scope: "skill" | "host";
  readonly source: {
    readonly type: "github_release" | "url" | "skilllist";
    readonly github: { readonly repo: string; readonly tagApi: string | undefined } | undefined;
    readonly skilllist: { readonly url: string; readonly package: string } | undefined;
  };
  /** By platform key. */
  readonly packages: ReadonlyMap<string, DependencyPackage>;
}

/** Tools, then Lua packages, then FFI libraries: the order in which they are made ready. Empty without a file. */
export function readDependencies(vfs: Vfs, skillDir: string): Dependency[] {
  const path = joinPath(skillDir, "dependencies.yaml");
  let text: string | undefined;
  try {
    text = readTextIfPresent(vfs, path);
  } catch (thrown) {
    throw new LuaSkillsError("invalid_manifest", `Failed to read ${path}: ${reasonText(thrown)}`, {
      data: { file: path },
      cause: thrown,
    });
  }
  return text === undefined ? [] : parseDependencies(text, path);
}

/** @throws LuaSkillsError `Failed to parse {path}: …`. */
export function parseDependencies(text: string, path: string): Dependency[] {
  const file = parseYaml(text, path);
  return withShapeFaults(() => {
    const root = new YamlCursor(file);
    const group = (key: string, kind: DependencyKind) =>
      root
        .get(key)
        ?.list()
        .map((item) => decodeDependency(item, kind)) ?? [];
    return [
      ...group("tool_dependencies", "tool"),
      ...group("lua_dependencies", "lua"),
      ...group("ffi_dependencies", "ffi"),
    ];
  }, `Failed to parse ${path}`);
}

/** The `packages` mapping of a dependency or of a skilllist entry. */
export function decodePackages(cursor: YamlCursor | undefined): Map<string, DependencyPackage> {
  return new Map(cursor?.members().map(([platform, item]) => [platform, decodePackage(item)]) ?? []);
}

function decodeDependency(item: YamlCursor, kind: DependencyKind): Dependency {
  const source = item.required("source");
  const github = source.optional("github");
  const skilllist = source.optional("skilllist");
  return {
    kind,
    name: item.required("name").scalarText(),
    version: item.optional("version")?.scalarText(),
    required: item.get("required")?.boolean() ?? true,
    scope: item.get("scope")?.oneOf("skill", "host") ?? "skill",
    source: {
      type: decodeSourceType(source.required("type")),
      github:
        github === undefined
          ? undefined
          : { repo: github.required("repo").scalarText(), tagApi: github.optional("tag_api")?.scalarText() },
      skilllist:
        skilllist === undefined
          ? undefined
          : { url: skilllist.required("url").scalarText(), package: skilllist.required("package").scalarText() },
    },
    packages: decodePackages(item.get("packages")),
  };
}

function decodeSourceType(cursor: YamlCursor): Dependency["source"]["type"] {
  const type = cursor.oneOf("github_release", "url", "skilllist", "skill_list");
  return type === "skill_list" ? "skilllist" : type;
}

function decodePackage(item: YamlCursor): DependencyPackage {
  return {
    archiveType: item.get("archive_type")?.oneOf("raw", "zip", "tar_gz") ?? "raw",
    assetName: item.optional("asset_name")?.scalarText(),
    url: item.optional("url")?.scalarText(),
    sha256: item.optional("sha256")?.scalarText(),
    exports:
      item
        .get("exports")
        ?.list()
        .map((entry) => ({
          archivePath: entry.required("archive_path").scalarText(),
          targetPath: entry.required("target_path").scalarText(),
          executable: entry.get("executable")?.boolean() ?? false,
        })) ?? [],
  };
}
