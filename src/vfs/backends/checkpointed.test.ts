import { beforeAll, describe, expect, it } from "vitest";
import { FaultyDisk } from "../../testing/faulty-disk.ts";
import { freshIndexedDb } from "../../testing/fresh-indexeddb.ts";
import { historyTimeout, seeds } from "../../testing/histories.ts";
import { outcome, randomFrom, randomOperation, snapshot } from "../../testing/random-operations.ts";
import { TreeStore } from "../tree-store.ts";
import { CheckpointedBackend } from "./checkpointed.ts";
import { IndexedDbBackend } from "./indexeddb.ts";
import { copyInlineBytes, LogBackend } from "./opfs-log/backend.ts";
import { type Checksum, loadChecksum } from "./opfs-log/checksum.ts";
import { Log } from "./opfs-log/log.ts";

freshIndexedDb();

let checksum: Checksum;
beforeAll(async () => {
  checksum = await loadChecksum();
});

/** A killed browser has no connections any more; deleting would wait for them. */
const connections: IndexedDbBackend[] = [];

async function connect(name: string): Promise<IndexedDbBackend> {
  for (const connection of connections.splice(0)) await connection.close();
  const database = await IndexedDbBackend.open(name);
  connections.push(database);
  return database;
}

async function open(name: string, disk: FaultyDisk): Promise<TreeStore> {
  const log = await Log.open(disk, {
    checksum,
    compactBytes: 200_000,
    pause: () => Promise.resolve(),
    later: () => () => {},
  });
  return TreeStore.open(new CheckpointedBackend(await connect(name), new LogBackend(log, false, copyInlineBytes)));
}

describe("a store in IndexedDB with a second copy", () => {
  it("loses nothing when the database is deleted, or is an older one, or the copy is behind", {
    timeout: historyTimeout,
  }, async () => {
    for (const seed of seeds(5)) {
      const random = randomFrom(seed);
      const name = `copy-${seed}`;
      const disk = new FaultyDisk(random);
      let store = await open(name, disk);
      for (let round = 0; round < 12; round++) {
        for (let step = 0; step < 15; step++) outcome(store.fs, randomOperation(random));
        await store.commit();
        const committed = snapshot(store.fs);
        outcome(store.fs, randomOperation(random));
        if (random() < 0.4) {
          // The database gets a commit that the copy does not get: it was not acknowledged, and may be there or not.
          disk.fault = () => {
            throw new Error("killed");
          };
          await store.commit().catch(() => undefined);
          disk.fault = undefined;
        }
        const ahead = snapshot(store.fs);
        const isDeleted = random() < 0.5;
        for (const connection of connections.splice(0)) await connection.close();
        if (isDeleted) await IndexedDbBackend.remove(name);
        store = await open(name, disk);
        const found = snapshot(store.fs);
        if (isDeleted) expect(found).toEqual(committed);
        else expect([committed, ahead]).toContainEqual(found);
        // What was filled is whole, also by itself.
        const alone = await TreeStore.open(await connect(name));
        expect(snapshot(alone.fs)).toEqual(found);
        store = await open(name, disk);
      }
    }
  });
});
