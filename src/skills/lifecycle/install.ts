/**
 * Installing a skill (spec engine.md §8.2, §8.3, §8.5).
 * @module
 */

import type { SkillApplyResult } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { openSkillPackage, skillIdOfPackage } from "../archive/skill-package.ts";
import { requireIdentifier } from "../manifest/identifiers.ts";
import { declaredInstance, type SkillInstance } from "../registry/instances.ts";
import { isSystemRoot, skillDirIn, validateRootChain } from "../registry/roots.ts";
import { StateFiles } from "../registry/state-files.ts";
import { type LocalArchive, resolveLocalPackage } from "../sources/local-package.ts";
import { holds, reasonText } from "../vfs-text.ts";
import { alreadyInstalled } from "./apply-result.ts";
import { planeOf } from "./caller.ts";
import type { LifecycleCall, LifecycleContext } from "./context.ts";
import { type SkillInstallRequest, skillIdOfRequest } from "./install-request.ts";
import {
  acceptChange,
  applyPackage,
  type PackageChange,
  reportResult,
  requireUnguarded,
  resolveSource,
} from "./package-change.ts";
import { defaultInstallRoot, requireExplicitTarget, requireNotRootOwned, requireNotShadowed } from "./target-root.ts";

export interface LocalPackageRequest {
  readonly archive: LocalArchive;
  readonly skillId?: string | undefined;
  /** Expected digest, 64 hex digits. */
  readonly sha256?: string | undefined;
}

/** `install_skill` and `system_install_skill`, with or without explicit target. @throws LuaSkillsError. */
export async function installSkill(
  context: LifecycleContext,
  call: LifecycleCall,
  request: SkillInstallRequest,
): Promise<SkillApplyResult> {
  validateRootChain(call.roots, context.rootChainPolicy);
  const change = accept(context, call, () => skillIdOfRequest(request));
  return install(change, () => {
    const source = { sourceType: request.sourceType, locator: request.source };
    return resolveSource(change, source, "resolving skill install source");
  });
}

/** Installs an archive the host hands over (decision of §8.8). */
export async function installLocalSkill(
  context: LifecycleContext,
  call: LifecycleCall,
  request: LocalPackageRequest,
): Promise<SkillApplyResult> {
  validateRootChain(call.roots, context.rootChainPolicy);
  const change = accept(context, call, () => localSkillId(context, request));
  const { skillId } = change.instance;
  return install(
    change,
    async () => resolveLocalPackage(request.archive, skillId, request.sha256, context.limits),
    (dir) => differs(context, dir, skillId, request.archive.bytes),
  );
}

/** The id the host gave, else the archive's one top-level directory. */
export function localSkillId(context: LifecycleContext, request: LocalPackageRequest): string {
  const { bytes, locator } = request.archive;
  const given = request.skillId?.trim() ?? "";
  return requireIdentifier(given || skillIdOfPackage(bytes, locator, context.limits), "skill_id");
}

async function install(
  change: PackageChange,
  resolve: () => ReturnType<typeof resolveSource>,
  /** Whether the package in a folder is another one than that to be installed; absent where it would have to be downloaded for that. */
  differsFrom?: (dir: string) => boolean,
): Promise<SkillApplyResult> {
  const { context, call, instance, state, progress } = change;
  const { skillId } = instance;
  try {
    requireUnguarded(change);
    const installed = declared(context, call, instance);
    if (installed) {
      const result = alreadyInstalled(skillId, differsFrom?.(installed.dir) === true);
      reportResult(change, result);
      return result;
    }
    if (context.vfs.stat(instance.dir) !== undefined)
      throw new LuaSkillsError("conflict", `target skill directory ${instance.dir} already exists`);
    const resolved = await resolve();
    const dir = `${state.dir}/install_tmp/${skillId}-${Math.trunc(context.clock.now())}`;
    const declaredNeeds = await applyPackage(change, resolved, { dir, backupDir: null });
    const result: SkillApplyResult = {
      skill_id: skillId,
      status: "installed",
      message: `skill '${skillId}' version ${resolved.version} was installed from ${resolved.origin}`,
      version: resolved.version,
      source_type: resolved.sourceType,
      source_locator: resolved.locator,
      ...declaredNeeds,
    };
    reportResult(change, result);
    return result;
  } catch (thrown) {
    progress.phase("failed", "failed", reasonText(thrown));
    throw thrown;
  }
}

/** Everything that must hold before a request is accepted; a refusal emits no event at all. */
function accept(context: LifecycleContext, call: LifecycleCall, idOf: () => string): PackageChange {
  const { vfs, options, rootChainPolicy } = context;
  const { roots, caller, targetRoot } = call;
  if (targetRoot !== undefined) requireExplicitTarget(roots, targetRoot, caller, "Install", rootChainPolicy);
  const skillId = idOf();
  const target = targetRoot ?? defaultInstallRoot(vfs, roots, caller, rootChainPolicy);
  requireNotRootOwned(vfs, roots, target, skillId, "Install");
  if (targetRoot !== undefined) requireNotShadowed(vfs, roots, target, skillId);
  const instance: SkillInstance = { skillId, root: target, dir: skillDirIn(target, skillId) };
  return acceptChange(context, call, "Install", instance, new StateFiles(vfs, target, options));
}

/** "Already installed" is judged in the explicit target, in ROOT for system installs into ROOT, else in the whole chain. */
function declared(context: LifecycleContext, call: LifecycleCall, instance: SkillInstance): SkillInstance | undefined {
  const only =
    call.targetRoot !== undefined || (planeOf(call.caller) === "System" && isSystemRoot(instance.root))
      ? [instance.root]
      : call.roots;
  return declaredInstance(context.vfs, only, instance.skillId);
}

/** Whether an install with `replace` has something to replace. */
export function isInstalled({ vfs }: LifecycleContext, { roots, targetRoot }: LifecycleCall, skillId: string): boolean {
  return declaredInstance(vfs, targetRoot ? [targetRoot] : roots, skillId) !== undefined;
}

/** Whether the package in `dir` has other files than an archive; what it has beside them does not count. */
export function differs({ vfs, limits }: LifecycleContext, dir: string, skillId: string, bytes: Uint8Array): boolean {
  const { files } = openSkillPackage(bytes, "archive", skillId, limits);
  return [...files].some(([name, content]) => !holds(vfs, `${dir}/${name}`, content));
}
