/**
 * Uninstalling a skill (spec engine.md §8.6), with the database retention of §8.2.
 * @module
 */
import type { SkillUninstallResult } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { privateDependencyDirs } from "../dependencies/cleanup.ts";
import { readDependencies } from "../dependencies/manifest.ts";
import { requireIdentifier } from "../manifest/identifiers.ts";
import { effectiveInstances, type SkillInstance } from "../registry/instances.ts";
import { databaseDirOf, validateRootChain } from "../registry/roots.ts";
import { StateFiles } from "../registry/state-files.ts";
import { readTextIfPresent, reasonText, removeNamed, removeTree } from "../vfs-text.ts";
import { guardComplaint, planeOf, refused } from "./caller.ts";
import type { LifecycleCall, LifecycleContext } from "./context.ts";
import { finalizeChange } from "./finalize.ts";
import { Journal } from "./journal.ts";
import { lifecycleEvent } from "./package-change.ts";
import { instanceIn, requireExplicitTarget, requireWritable } from "./target-root.ts";

export interface UninstallOptions {
  readonly removeSqlite: boolean;
  readonly removeLancedb: boolean;
}

/** `uninstall_skill`, `system_uninstall_skill`. Skill configuration entries are kept. @throws LuaSkillsError. */
export async function uninstallSkill(
  context: LifecycleContext,
  call: LifecycleCall,
  skillId: string,
  options: UninstallOptions,
): Promise<SkillUninstallResult> {
  const { vfs } = context;
  validateRootChain(call.roots, context.rootChainPolicy);
  const instance = findInstance(context, call, skillId);
  requireWritable(instance, "Uninstall");
  // A dependency file nobody can read aborts here, before anything moved: its trees could not be named.
  readDependencies(vfs, instance.dir);
  const plane = planeOf(call.caller);
  const emit = (status: string, message: string) =>
    context.emitLifecycle(lifecycleEvent(plane, "Uninstall", instance, status, message));
  const complaint = guardComplaint(plane, instance.root, "Uninstall");
  if (complaint !== undefined) {
    emit("blocked", complaint);
    throw refused(complaint);
  }
  let journal: Journal;
  try {
    journal = await removePackage(context, call, instance, options);
  } catch (thrown) {
    emit("failed", reasonText(thrown));
    throw LuaSkillsError.from(thrown, "storage_error");
  }
  const result = await removeData(context, instance, options);
  journal.close();
  emit("completed", result.message);
  return result;
}

function findInstance(context: LifecycleContext, call: LifecycleCall, skillId: string): SkillInstance {
  const { vfs, rootChainPolicy, manifests } = context;
  const { roots, targetRoot } = call;
  if (targetRoot !== undefined) requireExplicitTarget(roots, targetRoot, call.caller, "Uninstall", rootChainPolicy);
  // Blanks around an id are no fault of the identifier, but no folder is called so.
  requireIdentifier(skillId, "skill_id");
  if (targetRoot !== undefined) {
    const declared = instanceIn(vfs, targetRoot, skillId);
    if (declared !== undefined) return declared;
    throw new LuaSkillsError("not_found", `skill instance '${skillId}' not found in target root '${targetRoot.name}'`, {
      data: { skillId, root: targetRoot.name },
    });
  }
  const keepFaulty = context.loadPolicy === "isolate";
  const effective = effectiveInstances(vfs, roots, { keepFaulty, manifests }).find(
    (instance) => instance.skillId === skillId,
  );
  if (effective !== undefined) return effective;
  throw new LuaSkillsError("not_found", `effective skill instance '${skillId}' not found`, { data: { skillId } });
}

/** Prepare, reload, commit. The journal stays open: the data still has to go. */
async function removePackage(
  context: LifecycleContext,
  call: LifecycleCall,
  instance: SkillInstance,
  options: UninstallOptions,
): Promise<Journal> {
  const { vfs } = context;
  const { skillId, dir, root } = instance;
  const state = new StateFiles(vfs, root, context.options);
  // What cannot be read could not be restored by a rollback.
  state.checkMarker(skillId);
  state.readRecord(skillId);
  const backupDir = `${state.dir}/uninstall_backup/${skillId}-${Math.trunc(context.clock.now())}`;
  const stateFiles = [state.markerPath(skillId), state.recordPath(skillId)];
  const journal = Journal.begin(context, state.dir, {
    action: "Uninstall",
    skillId,
    skillDir: dir,
    stagingDir: null,
    backupDir,
    stateFiles: stateFiles.map((path) => [path, readTextIfPresent(vfs, path) ?? null] as const),
    // After the commit a crash must not save data that was asked to go.
    cleanup: [
      ...privateDependencyDirs(root, context.options, skillId),
      ...(options.removeSqlite ? [databaseDir(context, instance, "sqlite")] : []),
      ...(options.removeLancedb ? [databaseDir(context, instance, "lancedb")] : []),
    ],
  });
  try {
    await context.step?.("journal-written");
    vfs.mkdir(backupDir.slice(0, backupDir.lastIndexOf("/")), { recursive: true });
    vfs.rename(dir, backupDir);
    await context.step?.("package-moved-away");
  } catch (thrown) {
    journal.rollBack();
    throw thrown;
  }
  await finalizeChange(context, {
    label: "uninstall",
    roots: call.roots,
    journal,
    writeState: async () => {
      for (const path of stateFiles) removeTree(vfs, path);
      await context.step?.("state-files-removed");
    },
  });
  return journal;
}

/** Dependencies and databases: failures are warnings, the package is gone already. */
async function removeData(
  context: LifecycleContext,
  instance: SkillInstance,
  options: UninstallOptions,
): Promise<SkillUninstallResult> {
  const { vfs } = context;
  let warnings = "";
  const warn = (label: string, what: string, detail: string) => {
    warnings += ` (warning: ${what} cleanup failed: ${detail})`;
    const message = `[LuaSkills:uninstall] ${label} cleanup warning for skill '${instance.skillId}': ${detail}`;
    context.log({ level: "warn", message });
  };
  try {
    for (const dir of privateDependencyDirs(instance.root, context.options, instance.skillId))
      removeNamed(vfs, dir, "Failed to remove");
    await context.step?.("dependencies-removed");
  } catch (thrown) {
    warn("Stale dependency", "stale dependency", reasonText(thrown));
  }
  const remove = async (kind: "sqlite" | "lancedb", asked: boolean) => {
    if (!asked) return { removed: false, retained: true };
    const dir = databaseDir(context, instance, kind);
    try {
      const dropped = await context.dropDatabase?.(kind, instance.skillId, instance.root);
      const removed = removeNamed(vfs, dir, `failed to remove ${kind} directory`);
      return { removed: removed || dropped === true, retained: false };
    } catch (thrown) {
      warn(kind === "sqlite" ? "SQLite" : "LanceDB", kind, reasonText(thrown));
      return { removed: false, retained: false };
    }
  };
  const sqlite = await remove("sqlite", options.removeSqlite);
  const lancedb = await remove("lancedb", options.removeLancedb);
  await context.step?.("databases-removed");
  const flags = [
    `sqlite_removed=${sqlite.removed} sqlite_retained=${sqlite.retained}`,
    `lancedb_removed=${lancedb.removed} lancedb_retained=${lancedb.retained}`,
  ].join(" ");
  return {
    skill_id: instance.skillId,
    skill_removed: true,
    sqlite_removed: sqlite.removed,
    lancedb_removed: lancedb.removed,
    sqlite_retained: sqlite.retained,
    lancedb_retained: lancedb.retained,
    message: `skill package removed=true ${flags}; skill package removed${warnings}`,
  };
}

function databaseDir(context: LifecycleContext, { root, skillId }: SkillInstance, kind: "sqlite" | "lancedb"): string {
  return `${databaseDirOf(root, context.options)}/${kind}/${skillId}`;
}
