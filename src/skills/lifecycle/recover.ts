/**
 * What a start does about operations a crash cut off: the old or the new version is whole afterwards and no staging folder
 * remains (spec engine.md §8.5, decision D05).
 * @module
 */
import type { LogEvent, SkillRoot } from "../../contract/contract.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { isIdentifier } from "../manifest/identifiers.ts";
import type { HostOptions } from "../options/host-options.ts";
import { skillDirIn, stateDirOf } from "../registry/roots.ts";
import { isDirectory, reasonText, removeTree } from "../vfs-text.ts";
import { Journal } from "./journal.ts";

export interface RecoverOptions {
  readonly vfs: Vfs;
  readonly roots: readonly SkillRoot[];
  readonly options: HostOptions;
  log(event: LogEvent): void;
  /** What an operation had been asked to remove, and only now is: databases may lie outside the tree. */
  removed?(path: string): void;
}

/**
 * Part of every load. Leaves the roots alone in which this process is at work, and writes nothing when there is nothing to
 * recover.
 */
export function recoverLifecycle({ vfs, roots, options, log, removed }: RecoverOptions): void {
  for (const root of roots) {
    const stateDir = stateDirOf(root, options);
    if (!isDirectory(vfs, stateDir) || Journal.isBusy(vfs, stateDir)) continue;
    try {
      for (const { journal, phase } of Journal.interrupted(vfs, stateDir)) {
        const { action, skillId } = journal.entry;
        if (phase === "committed") {
          journal.finish();
          for (const path of journal.entry.cleanup) removed?.(path);
        } else journal.rollBack();
        const outcome = phase === "committed" ? "was finished" : "was rolled back";
        log({ level: "warn", message: `[LuaSkills:lifecycle] interrupted ${action} of '${skillId}' ${outcome}` });
      }
    } catch (thrown) {
      log({ level: "error", message: `[LuaSkills:lifecycle] recovery in ${stateDir} failed: ${reasonText(thrown)}` });
      continue;
    }
    sweep(vfs, root, stateDir);
  }
}

/** Folders of an engine that keeps no journal: a backup returns only where no package stands in its place. */
function sweep(vfs: Vfs, root: SkillRoot, stateDir: string): void {
  for (const name of ["update_backup", "uninstall_backup"]) {
    for (const { path, skillId } of leftovers(vfs, `${stateDir}/${name}`).reverse()) {
      const place = skillId === undefined ? undefined : skillDirIn(root, skillId);
      if (place !== undefined && vfs.stat(place) === undefined && isDirectory(vfs, root.skills_dir))
        vfs.rename(path, place);
      else removeTree(vfs, path);
    }
  }
  for (const name of ["install_tmp", "update_tmp"])
    for (const { path } of leftovers(vfs, `${stateDir}/${name}`)) removeTree(vfs, path);
}

function leftovers(vfs: Vfs, dir: string): Array<{ path: string; skillId: string | undefined }> {
  if (!isDirectory(vfs, dir)) return [];
  return vfs.list(dir).map((name) => {
    const skillId = name.replace(/-\d+$/, "");
    return { path: `${dir}/${name}`, skillId: skillId !== name && isIdentifier(skillId) ? skillId : undefined };
  });
}
