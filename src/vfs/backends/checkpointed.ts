/**
 * A store in IndexedDB with a second copy in OPFS, for what takes a browser's database away: Chromium deletes all databases
 * of a site when the log below them is torn, and notices that a start late. Every commit goes to both, with its number; when
 * the database is found behind its copy, or gone, the copy fills it again. Where there are no synchronous files there is no
 * copy, and no such log either (WebKit keeps IndexedDB in SQLite).
 * @module
 */
import { sameBytes } from "../../base/bytes/same-bytes.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { CommitBatch, StoreDamage, VfsBackend } from "../interface.ts";
import { commitBytes, commitKey, commitNumber } from "./commit-number.ts";
import { isDamage, lostAndDamaged } from "./damaged-copy.ts";
import type { IndexedDbBackend } from "./indexeddb.ts";
import type { LogBackend } from "./opfs-log/backend.ts";

type Entries = Array<readonly [string, unknown]>;

export class CheckpointedBackend implements VfsBackend {
  readonly kind = "indexeddb";
  #commit = 0;
  /** Of what the database has the copy has not all: the disk was full when the store was opened. */
  #isBehind = false;

  constructor(
    readonly database: IndexedDbBackend,
    private readonly copy: LogBackend,
  ) {}

  /** Reads the database. Of the copy only which records there are, unless the database is behind it. */
  async load(): Promise<Entries> {
    const [stored, number, inCopy] = await Promise.all([
      this.database.load(),
      this.database.get(commitKey),
      this.copy.load(),
    ]);
    const kept = [...inCopy];
    const [here, there] = [commitNumber(number), commitNumber(entryValue(kept, commitKey))];
    this.#commit = Math.max(here, there);
    if (there > here) {
      const entries = kept
        .filter(([key]) => key !== commitKey)
        .map(([key, value]) => [key, typeof value === "number" ? this.#readCopy(key) : value] as const);
      const stale = keysBeside(stored, entries);
      await this.database.commit({ puts: [...entries, [commitKey, there]], deletes: stale }, { strict: true });
      return entries;
    }
    if (here > there || (here === 0 && stored.length > 0)) await this.#catchUp(stored, kept, here);
    return stored;
  }

  /** Acknowledged when both have it: what a kill takes from the one is in the other. */
  async commit(batch: CommitBatch, options: { strict: boolean }): Promise<void> {
    const number = this.#commit + 1;
    const puts = [...batch.puts, [commitKey, number] as const];
    await this.database.commit({ puts, deletes: batch.deletes }, options);
    if (this.#isBehind) {
      await this.#renewCopy(await this.database.load(), [...(await this.copy.load())], number);
      this.#isBehind = false;
    } else {
      await this.copy.commit({ puts: [...batch.puts, [commitKey, commitBytes(number)]], deletes: batch.deletes });
    }
    this.#commit = number;
  }

  async *verify(): AsyncGenerator<number, StoreDamage[], undefined> {
    return yield* this.copy.verify();
  }

  async close(): Promise<void> {
    await this.database.close();
    await this.copy.close();
  }

  /** @throws LuaSkillsError `storage_corrupt`, with the way to what is left */
  #readCopy(key: string): Uint8Array {
    try {
      return this.copy.read(key);
    } catch (error) {
      throw lostAndDamaged(this.database.name, error);
    }
  }

  #hasInCopy(key: string, value: Uint8Array): boolean {
    try {
      return sameBytes(this.copy.read(key), value);
    } catch (error) {
      if (!isDamage(error)) throw error;
      return false;
    }
  }

  /** The copy of a database with the number `here`; 0: of one that has none yet. */
  async #catchUp(stored: Entries, kept: Entries, here: number): Promise<void> {
    const number = Math.max(1, here);
    try {
      await this.#renewCopy(stored, kept, number);
    } catch (error) {
      // What is stored can be read, and removed, all the same.
      if (LuaSkillsError.from(error).code !== "quota_exceeded") throw error;
      this.#isBehind = true;
      return;
    }
    if (here === number) return;
    this.#commit = number;
    await this.database.commit({ puts: [[commitKey, number]], deletes: [] }, { strict: true });
  }

  /** In one commit, which is there as a whole or not at all; what the copy has already stays. */
  async #renewCopy(stored: Entries, kept: Entries, number: number): Promise<void> {
    const before = new Map(kept);
    const isNew = ([key, value]: readonly [string, unknown]): boolean => {
      const old = before.get(key);
      if (!(value instanceof Uint8Array) || old === undefined) return true;
      if (typeof old !== "number") return !sameBytes(old as Uint8Array, value);
      return old !== value.length || !this.#hasInCopy(key, value);
    };
    const puts = [...stored.filter(isNew), [commitKey, commitBytes(number)] as const];
    await this.copy.commit({ puts, deletes: keysBeside(kept, stored).filter((key) => key !== commitKey) });
  }
}

/** Keys of the first that the second has not. */
function keysBeside(first: Entries, second: Entries): string[] {
  const known = new Set(second.map(([key]) => key));
  return first.map(([key]) => key).filter((key) => !known.has(key));
}

function entryValue(entries: Entries, key: string): unknown {
  return entries.find(([each]) => each === key)?.[1];
}
