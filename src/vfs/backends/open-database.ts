/**
 * The store of a name in IndexedDB, with its second copy where there can be one.
 * @module
 */
import type { VfsBackend } from "../interface.ts";
import { formatKey } from "../records.ts";
import { isDamage, lostAndDamaged } from "./damaged-copy.ts";
import { IndexedDbBackend } from "./indexeddb.ts";
import { findFolder, hasSyncFiles, removeFolder } from "./store-folder.ts";

export interface OpenedDatabase {
  readonly database: IndexedDbBackend;
  /** What to commit to: both copies, or the database alone. */
  readonly backend: VfsBackend;
}

/** @throws LuaSkillsError `storage_unavailable` | `storage_error` */
export async function openDatabase(name: string, deadBytes: number): Promise<OpenedDatabase> {
  const database = await IndexedDbBackend.open(name);
  const found = await findFolder("checkpoint", name);
  if (!found && !(await hasSyncFiles())) return { database, backend: database };
  const { CheckpointedBackend } = await import("./checkpointed.ts");
  const { openLogBackend } = await import("./opfs-log/open.ts");
  const place = { name, deadBytes, folder: "checkpoint" } as const;
  try {
    const copy = await openLogBackend(found ? { ...place, found } : place);
    return { database, backend: new CheckpointedBackend(database, copy) };
  } catch (error) {
    if (!isDamage(error)) throw error;
    if ((await database.get(formatKey)) === undefined) {
      await database.close();
      throw lostAndDamaged(name, error);
    }
    // A copy that is damaged is no reason not to open a store that is there: it is made again.
    await removeFolder("checkpoint", name);
    return { database, backend: new CheckpointedBackend(database, await openLogBackend(place)) };
  }
}

/** Ends a move into the database: it counts from now on. False, and nothing is changed, when it holds no store. */
export async function arriveInDatabase(name: string, deadBytes: number): Promise<boolean> {
  const { database, backend } = await openDatabase(name, deadBytes);
  try {
    const whole = [...(await backend.load())].some(([key]) => key === formatKey);
    if (whole) await database.arrived();
    return whole;
  } finally {
    await backend.close();
  }
}

/** Both copies, for a store that lives elsewhere now. */
export async function removeDatabase(name: string): Promise<void> {
  await IndexedDbBackend.remove(name);
  await removeFolder("checkpoint", name);
}
