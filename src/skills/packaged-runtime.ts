/**
 * The check of a packaged native runtime's metadata (spec engine.md §3.6). Idle unless the marker file is there.
 * @module
 */
import type { SkillRoot } from "../contract.ts";
import { LuaSkillsError } from "../errors.ts";
import type { Vfs } from "../vfs/interface.ts";
import type { HostOptions } from "./host-options.ts";
import { runtimeRootOf } from "./roots.ts";
import { joinPath, parentPath } from "./skill-path.ts";
import { isFile, readText, reasonText } from "./vfs-text.ts";

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
  const places =
    options.resourcesDir === undefined
      ? roots.map((root) => ({
          runtimeRoot: runtimeRootOf(root),
          resources: joinPath(runtimeRootOf(root), "resources"),
        }))
      : [
          {
            runtimeRoot: options.runtimeRoot ?? parentPath(options.resourcesDir) ?? options.resourcesDir,
            resources: options.resourcesDir,
          },
        ];
  for (const { runtimeRoot, resources } of places) {
    if (isFile(vfs, joinPath(resources, "lua-runtime-manifest.json"))) checkPackages(vfs, runtimeRoot, resources);
  }
}

function checkPackages(vfs: Vfs, runtimeRoot: string, resources: string): void {
  const path = joinPath(resources, "luaskills-packages-manifest.json");
  if (!isFile(vfs, path)) throw fault(`packaged runtime is incomplete: missing ${path}`, path);
  const manifest = parse(vfs, path);
  if (manifest.schema_version !== 1)
    throw fault(
      `packaged runtime is invalid: ${path} schema_version must be 1, got ${String(manifest.schema_version)}`,
      path,
    );
  if (manifest.layout !== "luaskills-packages-runtime-v1")
    throw fault(
      `packaged runtime is invalid: ${path} layout must be luaskills-packages-runtime-v1, got ${String(manifest.layout)}`,
      path,
    );
  const paths = isObject(manifest.paths) ? manifest.paths : {};
  for (const name of declaredPaths) {
    const value = paths[name];
    if (typeof value !== "string" || value.trim() === "")
      throw fault(`packaged runtime is invalid: ${path} paths.${name} must not be empty`, path);
    if (value.startsWith("/") || value.replaceAll("\\", "/").split("/").includes(".."))
      throw fault(`packaged runtime is invalid: ${path} paths.${name} must be relative to the runtime root`, path);
    const target = joinPath(runtimeRoot, value.replaceAll("\\", "/"));
    if (vfs.stat(target, { followLinks: true }) === undefined)
      throw fault(`packaged runtime is invalid: paths.${name} is missing at ${target}`, path);
  }
}

function parse(vfs: Vfs, path: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(readText(vfs, path));
  } catch (thrown) {
    throw fault(`packaged runtime is invalid: failed to parse ${path}: ${reasonText(thrown)}`, path);
  }
  if (!isObject(json)) throw fault(`packaged runtime is invalid: ${path} must be one JSON object`, path);
  return json;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fault(message: string, file: string): LuaSkillsError {
  return new LuaSkillsError("invalid_manifest", message, { data: { file } });
}
