/**
 * The part install and update share: resolve, download, unpack, check, stage, finalize.
 * @module
 */
import type { LifecycleEvent, SkillPermissions } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { openSkillPackage } from "../archive/skill-package.ts";
import { downloadCacheOf } from "../dependencies/layout.ts";
import { readManifestFile } from "../manifest/file.ts";
import { newPermissions, readPermissions } from "../manifest/permissions.ts";
import { declaredInstance, type SkillInstance } from "../registry/instances.ts";
import type { StateFiles } from "../registry/state-files.ts";
import { Network } from "../sources/network.ts";
import { type PackageSource, type ResolvedPackage, resolvePackage } from "../sources/package-source.ts";
import { readTextIfPresent } from "../vfs-text.ts";
import { guardComplaint, type LifecycleAction, type Plane, planeOf, refused } from "./caller.ts";
import type { LifecycleCall, LifecycleContext } from "./context.ts";
import { finalizeChange } from "./finalize.ts";
import { Journal } from "./journal.ts";
import { type CheckedPackage, checkPackage, requireVersionMatch } from "./package-check.ts";
import { Progress, type ProgressSource } from "./progress.ts";
import { requireWritable } from "./target-root.ts";
import { requireLoaded } from "./verify-install.ts";

/** An accepted install or update of one package in one root. */
export interface PackageChange {
  readonly context: LifecycleContext;
  readonly call: LifecycleCall;
  readonly action: "Install" | "Update";
  /** Where the package is, or will be. */
  readonly instance: SkillInstance;
  readonly state: StateFiles;
  readonly progress: Progress;
  readonly plane: Plane;
}

export function acceptChange(
  context: LifecycleContext,
  call: LifecycleCall,
  action: "Install" | "Update",
  instance: SkillInstance,
  state: StateFiles,
): PackageChange {
  requireWritable(instance, action);
  const plane = planeOf(call.caller);
  const progress = new Progress(context.emitProgress, {
    plane,
    action,
    skillId: instance.skillId,
    rootName: instance.root.name,
    startedAt: context.clock.now(),
  });
  progress.phase("validating_request", "completed", "skill lifecycle request accepted");
  return { context, call, action, instance, state, progress, plane };
}

/** @throws LuaSkillsError `permission_denied` where the skills plane meets ROOT */
export function requireUnguarded({ plane, instance, action }: PackageChange): void {
  const complaint = guardComplaint(plane, instance.root, action);
  if (complaint !== undefined) throw refused(complaint);
}

function networkOf(context: LifecycleContext, call: LifecycleCall): Network {
  return new Network({
    options: context.options,
    ...(context.outlet ? { outlet: context.outlet } : {}),
    ...(context.named ? { named: context.named } : {}),
    limits: context.limits,
    signal: call.signal,
    log: (event) => context.log(event),
  });
}

/** Asks the source which version it has, with the progress events of that. */
export async function resolveSource(
  change: PackageChange,
  source: PackageSource,
  message: string,
): Promise<ResolvedPackage> {
  const { context, call, instance, progress, plane } = change;
  const locator = source.locator ?? null;
  progress.phase("resolving_source", "started", message, { type: source.sourceType, locator });
  const resolved = await resolvePackage(
    {
      vfs: context.vfs,
      network: networkOf(context, call),
      options: context.options,
      cacheDir: downloadCacheOf(instance.root, context.options),
      system: plane === "System",
      fetchingManifest: (text, from) =>
        progress.phase("fetching_manifest", "started", text, { type: source.sourceType, locator: from }),
    },
    instance.skillId,
    source,
  );
  await context.step?.("source-resolved");
  return resolved;
}

/** From a resolved package to a committed one. `backupDir` holds the current package of an update meanwhile. */
export async function applyPackage(
  change: PackageChange,
  resolved: ResolvedPackage,
  staging: { readonly dir: string; readonly backupDir: string | null },
): Promise<{ readonly permissions?: SkillPermissions }> {
  const { context, call, action, instance, state, progress } = change;
  const { vfs } = context;
  const { skillId, dir } = instance;
  const source: ProgressSource = { type: resolved.sourceType, locator: resolved.locator };
  if (resolved.viaManifest)
    progress.phase("source_resolved", "completed", `resolved skill version ${resolved.version}`, source);
  const recordPath = state.recordPath(skillId);
  const journal = Journal.begin(context, state.dir, {
    action,
    skillId,
    skillDir: dir,
    stagingDir: staging.dir,
    backupDir: staging.backupDir,
    stateFiles: [[recordPath, readTextIfPresent(vfs, recordPath) ?? null]],
    cleanup: [],
  });
  let checked: CheckedPackage;
  try {
    await context.step?.("journal-written");
    const archive = await resolved.archive({
      cacheHit: () => progress.phase("downloading_archive", "cached", "download cache hit", source),
      progress: (done, total) => progress.downloading(done, total, source),
    });
    await context.step?.("archive-downloaded");
    progress.phase("extracting_archive", "started", "extracting skill archive");
    openSkillPackage(archive.bytes, archive.file, skillId, context.limits, {
      dropped: resolved.dropped ?? false,
    }).extract(vfs, staging.dir);
    await context.step?.("package-extracted");
    progress.phase("validating_skill_manifest", "started", "validating extracted skill manifest");
    checked = checkPackage(vfs, `${staging.dir}/${skillId}`);
    requireVersionMatch(checked.version, resolved.version, action === "Install" ? "skill" : "update");
    await context.step?.("package-checked");
    const more = newPermissions(checked.permissions, staging.backupDir === null ? undefined : permissionsIn(vfs, dir));
    if (more.length > 0) await context.permit?.(skillId, more, call.signal);
    call.signal?.throwIfAborted();
    await stage(change, staging);
  } catch (thrown) {
    journal.rollBack();
    throw thrown;
  }
  progress.phase("reloading_runtime", "started", "reloading LuaSkills runtime after staged change");
  await finalizeChange(context, {
    label: action,
    roots: call.roots,
    journal,
    verify: context.verifyOnInstall ? (outcome) => requireLoaded(outcome, instance) : undefined,
    committing: () => progress.phase("committing", "started", "committing staged skill lifecycle change"),
    writeState: async () => {
      state.writeRecord({
        skillId,
        version: resolved.version,
        managed: resolved.managed,
        source: { sourceType: resolved.sourceType, locator: resolved.locator, tag: resolved.tag },
        installedAt: context.clock.now(),
      });
      await context.step?.("record-written");
    },
  });
  journal.close();
  progress.phase("committing", "completed", "skill lifecycle change committed");
  return checked.permissions === undefined ? {} : { permissions: checked.permissions };
}

/** What the package that is there says it needs; a broken one says nothing. */
function permissionsIn(vfs: Vfs, dir: string): SkillPermissions | undefined {
  try {
    const file = readManifestFile(vfs, dir);
    return file && readPermissions(file);
  } catch {
    return undefined;
  }
}

async function stage(change: PackageChange, staging: { readonly dir: string; readonly backupDir: string | null }) {
  const { context, instance, progress } = change;
  const { vfs } = context;
  const { skillId, dir, root } = instance;
  if (staging.backupDir !== null) {
    progress.phase("backing_up_current", "started", "backing up current skill package");
    vfs.mkdir(staging.backupDir.slice(0, staging.backupDir.lastIndexOf("/")), { recursive: true });
    vfs.rename(dir, staging.backupDir);
    await context.step?.("package-backed-up");
    progress.phase("staging_update", "started", "moving updated skill into place");
  } else {
    progress.phase("staging_install", "started", "moving skill into target root");
    vfs.mkdir(root.skills_dir, { recursive: true });
  }
  if (vfs.stat(dir) !== undefined)
    throw new LuaSkillsError("conflict", `target skill directory ${dir} already exists`, { data: { dir } });
  vfs.rename(`${staging.dir}/${skillId}`, dir);
  await context.step?.("package-staged");
}

/**
 * Emits the lifecycle event and the last progress event of a change that came to a result. The event names the instance the
 * chain declares now: `already_installed` may be about another root than the one that was asked for.
 */
export function reportResult(
  change: PackageChange,
  result: { readonly status: string; readonly message: string; readonly permissions?: SkillPermissions },
): void {
  const { context, call, instance, progress, plane, action } = change;
  const declared = declaredInstance(context.vfs, call.roots, instance.skillId) ?? instance;
  const { status, message, permissions } = result;
  const event = lifecycleEvent(plane, action, declared, status, message);
  context.emitLifecycle(permissions ? { ...event, permissions } : event);
  progress.phase("completed", "completed", result.message);
}

export function lifecycleEvent(
  plane: Plane,
  action: LifecycleAction,
  instance: SkillInstance,
  status: string,
  message: string | null,
): LifecycleEvent {
  return {
    plane,
    action,
    skill_id: instance.skillId,
    root_name: instance.root.name,
    skill_dir: instance.dir,
    status,
    message,
  };
}
