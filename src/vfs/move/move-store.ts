/**
 * A store from one kind of storage to the other: copied, read back and compared, switched over by one durable write, and
 * then cleared from its old place. A kill before the switch leaves the old store, one after it the new; the next start clears
 * what is left of the other (browser-store.ts).
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { LogBackend } from "../backends/opfs-log/backend.ts";
import { removeFolder } from "../backends/store-folder.ts";
import type { VfsBackend } from "../interface.ts";
import type { MemoryTree } from "../memory-tree.ts";
import { subtree } from "../tree-node.ts";
import type { Moved } from "../tree-store.ts";
import { compareTrees, copyTree, loadedTree } from "./copy-tree.ts";

export interface StorePlace {
  readonly name: string;
  readonly deadBytes: number;
  readonly residentBytes: number;
}

interface Target {
  readonly backend: VfsBackend;
  reopen(): Promise<VfsBackend>;
  /** One durable write; then the old place is cleared. */
  switchOver(backend: VfsBackend): Promise<void>;
  abandon(backend: VfsBackend): Promise<void>;
}

/** Nothing may write to `tree` meanwhile, and everything in it is committed. Gives the bytes so far. */
export async function* moveStore(
  tree: MemoryTree,
  from: VfsBackend,
  to: "opfs" | "indexeddb",
  place: StorePlace,
): AsyncGenerator<number, Moved, undefined> {
  const target = to === "opfs" ? await logTarget(from, place) : await databaseTarget(from, place);
  let { backend } = target;
  let switched = false;
  try {
    yield* copyTree(tree, backend);
    backend = await target.reopen();
    const copy = await loadedTree(backend, place.residentBytes);
    const difference = yield* compareTrees(tree, copy.tree);
    if (difference !== undefined) {
      throw new LuaSkillsError(
        "storage_error",
        `the store was not moved: ${difference} reads differently in its new place`,
      );
    }
    // What has no source any more comes into memory while the old place is still there.
    const nodes = subtree(tree.root);
    if (!backend.read) for (const node of nodes) if (node.kind === "file") node.content.detach();
    await target.switchOver(backend);
    switched = true;
    for (const node of nodes) if (node !== tree.root) copy.log.adopt(node);
    return { backend, log: copy.log, residency: copy.residency };
  } finally {
    if (!switched) await target.abandon(backend);
  }
}

async function logTarget(from: VfsBackend, { name, deadBytes }: StorePlace): Promise<Target> {
  const { removeDatabase } = await import("../backends/open-database.ts");
  const { openLogBackend } = await import("../backends/opfs-log/open.ts");
  await removeFolder("store", name);
  const backend = await openLogBackend({ name, deadBytes, state: "staging" });
  return {
    backend,
    async reopen() {
      await backend.close();
      return openLogBackend({ name, deadBytes });
    },
    async switchOver(to) {
      const { log } = to as LogBackend;
      await log.setState("arrived");
      try {
        await from.close();
        await removeDatabase(name);
        await log.setState("live");
      } catch (error) {
        // It has arrived; the next start clears the old place.
        log.problems.push(`the store's old place was not cleared: ${String(error)}`);
      }
    },
    async abandon(to) {
      await to.close();
      await removeFolder("store", name);
    },
  };
}

/** Both copies are filled: until the next start the database alone would be what a torn browser log takes away. */
async function databaseTarget(from: VfsBackend, { name, deadBytes }: StorePlace): Promise<Target> {
  const { openDatabase, removeDatabase } = await import("../backends/open-database.ts");
  const { log } = from as LogBackend;
  // What an earlier move left there.
  await removeDatabase(name);
  let opened = await openDatabase(name, deadBytes);
  await opened.database.clear({ staging: true });
  return {
    backend: opened.backend,
    async reopen() {
      await opened.backend.close();
      opened = await openDatabase(name, deadBytes);
      return opened.backend;
    },
    async switchOver() {
      await log.setState("moved");
      try {
        await opened.database.arrived();
        await from.close();
        await removeFolder("store", name);
      } catch (error) {
        // It has arrived; the next start clears the old place.
        log.problems.push(`the store's old place was not cleared: ${String(error)}`);
      }
    },
    async abandon(to) {
      await to.close();
      await removeDatabase(name);
    },
  };
}
