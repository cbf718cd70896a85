/**
 * The check of a packaged native runtime's metadata (spec engine.md §3.6). Idle unless the marker file is there.
 * @module
 */

import { isObject } from "../../base/is-object.ts";
import { joinPath, parentPath } from "../../base/path-text.ts";
import { parseJson } from "../../base/text/json-text.ts";
import type { SkillRoot } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Vfs } from "../../vfs/interface.ts";
import type { HostOptions } from "../options/host-options.ts";
import { runtimeRootOf } from "../registry/roots.ts";
import { readText, reasonText } from "../vfs-text.ts";

const declaredPaths = [
  "install_manifest",
  "compat_lua_packages_txt",
  "platform_support",
  "third_party_licenses",
  "third_party_notices",
  "help_index",
  "package_help_root",
  "module_help_root",
  "license_index",
];

/** @throws LuaSkillsError `invalid_manifest`: `packaged runtime is incomplete|invalid: …`. */
export function checkPackagedRuntime(vfs: Vfs, roots: readonly SkillRoot[], options: HostOptions): void {
  const below = (root: SkillRoot) => joinPath(runtimeRootOf(root), "resources");
  const places = options.resourcesDir === undefined ? roots.map(below) : [options.resourcesDir];
  for (const resources of new Set(places)) {
    if (vfs.stat(joinPath(resources, "lua-runtime-manifest.json"), { followLinks: true }) !== undefined)
      checkPackages(vfs, parentPath(resources) ?? resources, resources);
  }
}

function checkPackages(vfs: Vfs, runtimeRoot: string, resources: string): void {
  const path = joinPath(resources, "luaskills-packages-manifest.json");
  const invalid = (complaint: string) => fault(`packaged runtime is invalid: ${complaint}`, path);
  if (vfs.stat(path, { followLinks: true }) === undefined)
    throw fault(`packaged runtime is incomplete: missing ${path}`, path);
  const manifest = parse(vfs, path, invalid);
  const paths = declaredPaths.map((name) => [name, manifest.paths[name]] as const);
  for (const [name, value] of paths)
    if (typeof value !== "string") throw invalid(`failed to parse ${path}: missing field \`${name}\``);
  if (manifest.schema_version !== 1)
    throw invalid(`unsupported luaskills-packages manifest schema_version ${String(manifest.schema_version)}`);
  if (manifest.layout !== "luaskills-packages-runtime-v1")
    throw invalid(`unsupported luaskills-packages layout '${String(manifest.layout)}'`);
  for (const [name, value] of paths) {
    const relative = String(value).replaceAll("\\", "/");
    if (relative.startsWith("/") || relative.split("/").includes(".."))
      throw invalid(`${name} must be runtime-relative, got '${value}'`);
    if (relative.trim() === "") throw invalid(`${name} is empty`);
    const target = joinPath(runtimeRoot, relative);
    if (vfs.stat(target, { followLinks: true }) === undefined) throw invalid(`missing ${target}`);
  }
}

interface PackagesManifest {
  readonly schema_version?: unknown;
  readonly layout?: unknown;
  readonly paths: Readonly<Record<string, unknown>>;
}

function parse(vfs: Vfs, path: string, invalid: (complaint: string) => LuaSkillsError): PackagesManifest {
  let text: string;
  try {
    text = readText(vfs, path);
  } catch (thrown) {
    throw invalid(`failed to read ${path}: ${reasonText(thrown)}`);
  }
  try {
    const json: unknown = parseJson(text);
    if (!isObject(json)) throw new Error("expected one JSON object");
    if (!isObject(json.paths)) throw new Error("missing field `paths`");
    return { ...json, paths: json.paths };
  } catch (thrown) {
    throw invalid(`failed to parse ${path}: ${reasonText(thrown)}`);
  }
}

function fault(message: string, file: string): LuaSkillsError {
  return new LuaSkillsError("invalid_manifest", message, { data: { file } });
}
