/**
 * What a start does about operations a crash cut off: the old or the new version is whole afterwards and no staging folder
 * remains (spec engine.md §8.5, decision D05).
 * @module
 */
import { stateDirOf } from "../registry/roots.ts";
import { isDirectory } from "../vfs-text.ts";
import { isBusy, type RecoverOptions } from "./in-flight.ts";

/** Where operations leave something behind while they run. */
const traces = ["lifecycle", "update_backup", "uninstall_backup", "install_tmp", "update_tmp"];

/**
 * Part of every load. Leaves the roots alone in which an operation is at work, and writes nothing when there is nothing to
 * recover.
 */
export async function recoverLifecycle(request: RecoverOptions): Promise<void> {
  const { vfs, inFlight, roots, options } = request;
  for (const root of roots) {
    const stateDir = stateDirOf(root, options);
    const left = (name: string) =>
      isDirectory(vfs, `${stateDir}/${name}`) && vfs.list(`${stateDir}/${name}`).length > 0;
    if (!isDirectory(vfs, stateDir) || isBusy(inFlight, stateDir) || !traces.some(left)) continue;
    (await import("./finish-interrupted.ts")).finishInterrupted(request, root, stateDir);
  }
}
