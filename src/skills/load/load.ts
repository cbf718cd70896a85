/**
 * Loading a root chain (spec engine.md §3.3) with the failure isolation of §3.5. Changes nothing but the state directories;
 * the caller swaps the outcome in.
 * @module
 */
import { joinPath } from "../../base/path-text.ts";
import type { SkillRoot } from "../../contract/contract.ts";
import { defaultConfigPath } from "../config/path.ts";
import { recoverLifecycle } from "../lifecycle/recover.ts";
import { buildRegistry } from "../registry/registry.ts";
import { runtimeRootOf, validateRootChain } from "../registry/roots.ts";
import { isDirectory } from "../vfs-text.ts";
import { loadYaml } from "../yaml/parser.ts";
import type { LoadOutcome, LoadRequest } from "./interface.ts";

/** @throws LuaSkillsError when the load aborts (§3.5); nothing was swapped then. */
export async function loadSkills(request: LoadRequest): Promise<LoadOutcome> {
  const { vfs, inFlight, roots, options, policies } = request;
  validateRootChain(roots, policies.rootChainPolicy);
  const previous = request.previous ?? [];
  const unchanged = (configPath: string | undefined): LoadOutcome => ({
    registry: buildRegistry(previous, options.reservedEntryNames, request.before),
    problems: [],
    configPath,
  });
  if (roots.length === 0) return unchanged(undefined);
  const configPath = request.config.hasExplicitPath ? undefined : defaultConfigPath(roots);
  const filled = roots.filter((root) => vfs.stat(root.skills_dir, { followLinks: true }) !== undefined);
  const resources = options.resourcesDir === undefined ? roots.map(resourcesOf) : [options.resourcesDir];
  const packaged = resources.some((dir) => isDirectory(vfs, dir));
  // Reading packages is a good part of a worker's code, and a runtime without any needs none of it.
  const packages = filled.length > 0 || packaged ? await import("./load-present.ts") : undefined;
  packages?.checkPackagedRuntime(vfs, roots, options);
  await recoverLifecycle({ vfs, inFlight, roots, options, log: (event) => request.log(event) });
  if (!packages || filled.length === 0) return unchanged(configPath);
  if (filled.some((root) => isDirectory(vfs, root.skills_dir) && vfs.list(root.skills_dir).length > 0))
    await loadYaml();
  return packages.loadPresent(request, previous, configPath);
}

const resourcesOf = (root: SkillRoot) => joinPath(runtimeRootOf(root), "resources");
