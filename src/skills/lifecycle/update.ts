/**
 * Updating a skill from its recorded source (spec engine.md §8.2, §8.3, §8.5).
 * @module
 */

import type { SkillApplyResult } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { removeStaleDependencies } from "../dependencies/cleanup.ts";
import { type Dependency, readDependencies } from "../dependencies/manifest.ts";
import { manifestVersion } from "../manifest/installed-version.ts";
import { compareIfVersions, versionDetail } from "../manifest/version.ts";
import { declaredInstance, type SkillInstance } from "../registry/instances.ts";
import { validateRootChain } from "../registry/roots.ts";
import { type InstallRecord, StateFiles } from "../registry/state-files.ts";
import { resolveLocalPackage } from "../sources/local-package.ts";
import type { ResolvedPackage } from "../sources/package-source.ts";
import { isDirectory, reasonText } from "../vfs-text.ts";
import { replaceHint } from "./apply-result.ts";
import { refused } from "./caller.ts";
import type { LifecycleCall, LifecycleContext } from "./context.ts";
import { differs, type LocalPackageRequest, localSkillId } from "./install.ts";
import { type SkillInstallRequest, skillIdOfRequest } from "./install-request.ts";
import {
  acceptChange,
  applyPackage,
  type PackageChange,
  reportResult,
  requireUnguarded,
  resolveSource,
} from "./package-change.ts";
import { instanceIn, requireExplicitTarget, requireNotRootOwned, requireNotShadowed } from "./target-root.ts";

/** `update_skill` and `system_update_skill`; the request only names the skill. @throws LuaSkillsError. */
export async function updateSkill(
  context: LifecycleContext,
  call: LifecycleCall,
  request: SkillInstallRequest,
): Promise<SkillApplyResult> {
  validateRootChain(call.roots, context.rootChainPolicy);
  const accepted = accept(context, call, () => skillIdOfRequest(request));
  return update(accepted, async ({ change }) => {
    const record = requireManaged(change);
    const { sourceType, locator } = record.source;
    if (sourceType === "github") requireInstalledVersion(record);
    const found = resolveSource(change, { sourceType, locator }, "resolving managed skill update source");
    return { resolved: await found, current: requireInstalledVersion(record) };
  });
}

/** Replaces a skill by an archive the host hands over, when that is newer (decision of §8.8). */
export async function updateLocalSkill(
  context: LifecycleContext,
  call: LifecycleCall,
  request: LocalPackageRequest,
): Promise<SkillApplyResult> {
  validateRootChain(call.roots, context.rootChainPolicy);
  const accepted = accept(context, call, () => localSkillId(context, request));
  return update(accepted, async ({ change: { instance, state } }) => ({
    resolved: resolveLocalPackage(request.archive, instance.skillId, request.sha256, context.limits),
    current: manifestVersion(context.vfs, instance.dir) ?? state.readRecord(instance.skillId)?.version ?? "unknown",
    differs: () => differs(context, instance.dir, instance.skillId, request.archive.bytes),
  }));
}

interface Versions {
  readonly resolved: ResolvedPackage;
  /** The installed version. */
  readonly current: string;
  /** Whether the package has other files than the installed one; absent where it would have to be downloaded for that. */
  readonly differs?: () => boolean;
}

async function update(
  accepted: Accepted,
  resolve: (accepted: Accepted) => Promise<Versions>,
): Promise<SkillApplyResult> {
  const { change, before } = accepted;
  const { context, instance, state, progress } = change;
  const { skillId, dir } = instance;
  try {
    requireUnguarded(change);
    const { resolved, current, differs } = await resolve(accepted);
    if (!isDirectory(context.vfs, dir))
      throw new LuaSkillsError("not_found", `installed skill directory ${dir} does not exist`, { data: { dir } });
    const order = compareIfVersions(resolved.version, current);
    const outcome = (status: "updated" | "up_to_date", message: string, version: string): SkillApplyResult => ({
      skill_id: skillId,
      status,
      message,
      version,
      source_type: resolved.sourceType,
      source_locator: resolved.locator,
    });
    if (order !== undefined && order <= 0 && !accepted.change.call.replace) {
      const otherFiles = order === 0 && differs?.() === true;
      const hint = otherFiles
        ? `, with other files than this package: ${replaceHint}, or give it a higher version`
        : "";
      const result: SkillApplyResult = {
        ...outcome("up_to_date", `skill '${skillId}' is already on version ${current}${hint}`, current),
        ...(otherFiles ? { other_files: true } : {}),
      };
      reportResult(change, result);
      return result;
    }
    const now = Math.trunc(context.clock.now());
    const declaredNeeds = await applyPackage(change, resolved, {
      dir: `${state.dir}/update_tmp/${skillId}-${now}`,
      backupDir: `${state.dir}/update_backup/${skillId}-${now}`,
    });
    const warning = await removeStale(change, before);
    const message = `skill '${skillId}' was updated from version ${current} to ${resolved.version}${warning}`;
    const result = { ...outcome("updated", message, resolved.version), ...declaredNeeds };
    reportResult(change, result);
    return result;
  } catch (thrown) {
    progress.phase("failed", "failed", reasonText(thrown));
    throw thrown;
  }
}

interface Accepted {
  readonly change: PackageChange;
  /** What the installed package depends on. */
  readonly before: readonly Dependency[];
}

function accept(context: LifecycleContext, call: LifecycleCall, idOf: () => string): Accepted {
  const { vfs, options } = context;
  const instance = findInstance(context, call, idOf);
  const before = readDependencies(vfs, instance.dir);
  const change = acceptChange(context, call, "Update", instance, new StateFiles(vfs, instance.root, options));
  return { change, before };
}

function findInstance(context: LifecycleContext, call: LifecycleCall, idOf: () => string): SkillInstance {
  const { vfs, rootChainPolicy } = context;
  const { roots, targetRoot } = call;
  if (targetRoot !== undefined) requireExplicitTarget(roots, targetRoot, call.caller, "Update", rootChainPolicy);
  const skillId = idOf();
  if (targetRoot === undefined) {
    const instance = declaredInstance(vfs, roots, skillId);
    if (instance !== undefined) return instance;
    throw new LuaSkillsError("not_found", `skill '${skillId}' is not installed`, { data: { skillId } });
  }
  const instance = instanceIn(vfs, targetRoot, skillId);
  if (instance === undefined)
    throw new LuaSkillsError("not_found", `skill '${skillId}' is not installed in target root '${targetRoot.name}'`, {
      data: { skillId, root: targetRoot.name },
    });
  requireNotRootOwned(vfs, roots, targetRoot, skillId, "Update");
  requireNotShadowed(vfs, roots, targetRoot, skillId);
  return instance;
}

function requireManaged({ instance, state }: PackageChange): InstallRecord {
  const { skillId } = instance;
  const record = state.readRecord(skillId);
  if (record === undefined || !record.managed)
    throw refused(`skill '${skillId}' is not managed by the install workflow; automatic update is unavailable`);
  if (record.source.sourceType === "url")
    throw refused(`skill '${skillId}' uses legacy public url source; automatic update is disabled by source policy`);
  return record;
}

/** @throws LuaSkillsError `invalid_manifest` for a record with a version nothing can be compared with */
function requireInstalledVersion({ skillId, version }: InstallRecord): string {
  const detail = versionDetail(version);
  if (detail === undefined) return version;
  throw new LuaSkillsError(
    "invalid_manifest",
    `installed version '${version}' of skill '${skillId}' is invalid: ${detail}`,
    { data: { skillId, version } },
  );
}

/** Step 5: the update stands whatever happens here. Answers what the message gains. */
async function removeStale(change: PackageChange, before: readonly Dependency[]): Promise<string> {
  const { context, instance } = change;
  try {
    const after = readDependencies(context.vfs, instance.dir);
    removeStaleDependencies(context.vfs, instance.root, context.options, instance.skillId, before, after);
    await context.step?.("stale-dependencies-removed");
    return "";
  } catch (thrown) {
    const detail = reasonText(thrown);
    const message = `[LuaSkills:update] Stale dependency cleanup warning for skill '${instance.skillId}': ${detail}`;
    context.log({ level: "warn", message });
    return ` (warning: stale dependency cleanup failed: ${detail})`;
  }
}
