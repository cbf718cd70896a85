/**
 * Ends what a crash cut off in one root: loaded only when there is something.
 * @module
 */
import type { SkillRoot } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { isIdentifier } from "../manifest/identifiers.ts";
import { skillDirIn } from "../registry/roots.ts";
import { isDirectory, reasonText, removeTree } from "../vfs-text.ts";
import type { RecoverOptions } from "./in-flight.ts";
import { Journal, type JournalEntry } from "./journal.ts";

export function finishInterrupted(request: RecoverOptions, root: SkillRoot, stateDir: string): void {
  const { vfs, log, removed } = request;
  try {
    for (const { journal, phase } of Journal.interrupted(request, stateDir)) {
      const { action, skillId } = journal.entry;
      refuseForeign(journal.entry, root, stateDir);
      if (phase === "committed") {
        journal.finish();
        for (const path of journal.entry.cleanup) removed?.(path);
      } else journal.rollBack();
      const outcome = phase === "committed" ? "was finished" : "was rolled back";
      log({ level: "warn", message: `[LuaSkills:lifecycle] interrupted ${action} of '${skillId}' ${outcome}` });
    }
  } catch (thrown) {
    log({ level: "error", message: `[LuaSkills:lifecycle] recovery in ${stateDir} failed: ${reasonText(thrown)}` });
    return;
  }
  sweep(vfs, root, stateDir);
}

/**
 * A journal says what to remove and what to put back; one that names places of others was not written by us.
 * @throws LuaSkillsError `storage_corrupt`
 */
function refuseForeign(entry: JournalEntry, root: SkillRoot, stateDir: string): void {
  const { skillId, skillDir, stagingDir, backupDir, stateFiles, cleanup } = entry;
  const isBelowState = (path: string | null) => path === null || path.startsWith(`${stateDir}/`);
  const isPlain = (path: string) => !path.split("/").some((part) => part === "." || part === "..");
  const paths = [skillDir, stagingDir, backupDir, ...stateFiles.map(([path]) => path), ...cleanup];
  const fits =
    isIdentifier(skillId) &&
    skillDir === skillDirIn(root, skillId) &&
    [stagingDir, backupDir, ...stateFiles.map(([path]) => path)].every(isBelowState) &&
    cleanup.every((path) => path.split("/").some((part) => part === skillId || part.startsWith(`${skillId}.`))) &&
    paths.every((path) => path === null || isPlain(path));
  if (fits) return;
  throw new LuaSkillsError(
    "storage_corrupt",
    `the journal of '${skillId}' names places that are not its own; look at it and remove it`,
  );
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
