import { join } from "../../base/paths.ts";
import type { Vfs } from "../../vfs/interface.ts";

/** What a real directory holds besides the files of the runtime: its lock. */
export const isOfTheStore = (name: string): boolean => name === ".luaskills.lock";

/** While it is there a restore is under way. */
const markerName = "state/restore-in-progress";

export const restoreMarker = (root: string): string => `${root}/${markerName}`;

/** Clears what a restore left that did not come to its end. */
export function clearUnfinishedRestore(vfs: Vfs, root: string): void {
  if (vfs.stat(restoreMarker(root))) clearBelow(vfs, root);
}

export function clearBelow(vfs: Vfs, root: string): void {
  for (const name of vfs.list(root)) if (!isOfTheStore(name)) vfs.remove(join(root, name), { recursive: true });
}
