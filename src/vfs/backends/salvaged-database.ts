/**
 * A store in IndexedDB that is opened for what it still has: the records that can be read of the place with the later commit.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { StoreDamage, VfsBackend } from "../interface.ts";
import { decodeNodes, unpack } from "../records.ts";
import { commitKey, commitNumber } from "./commit-number.ts";
import { IndexedDbBackend } from "./indexeddb.ts";
import { findFolder } from "./store-folder.ts";

/** @throws LuaSkillsError `storage_unavailable` | `storage_error` */
export async function openSalvagedDatabase(name: string, deadBytes: number): Promise<VfsBackend> {
  const database = await IndexedDbBackend.open(name);
  const found = await findFolder("checkpoint", name);
  if (!found) return new SalvagedDatabase(database, undefined);
  const { openLogBackend } = await import("./opfs-log/open.ts");
  const copy = await openLogBackend({ name, deadBytes, folder: "checkpoint", found, salvage: true });
  return new SalvagedDatabase(database, copy);
}

type Copy = Pick<VfsBackend, "load" | "close" | "verify"> & { read(key: string): Uint8Array };

export class SalvagedDatabase implements VfsBackend {
  readonly kind = "indexeddb";
  readonly salvage = true;
  readonly #damages: StoreDamage[] = [];
  #usesCopy = false;

  constructor(
    private readonly database: Pick<IndexedDbBackend, "load" | "get" | "close">,
    private readonly copy: Copy | undefined,
  ) {}

  async load(): Promise<Array<readonly [string, unknown]>> {
    const kept = new Map(await this.copy?.load());
    const there = commitNumber(kept.get(commitKey));
    kept.delete(commitKey);
    this.#usesCopy = there > commitNumber(await this.database.get(commitKey));
    const entries = this.#usesCopy ? kept : await this.database.load();
    const readable: Array<readonly [string, unknown]> = [];
    for (const [key, stored] of entries) {
      try {
        const value = typeof stored === "number" ? this.copy?.read(key) : stored;
        expectReadable(key, value);
        readable.push([key, value]);
      } catch (error) {
        this.#damages.push({ where: key, what: LuaSkillsError.from(error).message });
      }
    }
    return readable;
  }

  async commit(): Promise<void> {
    throw new LuaSkillsError("storage_error", "a store that was opened to be salvaged cannot be written to");
  }

  async *verify(): AsyncGenerator<number, StoreDamage[], undefined> {
    const ofCopy = this.#usesCopy && this.copy?.verify ? yield* this.copy.verify() : [];
    return [...this.#damages, ...ofCopy];
  }

  async close(): Promise<void> {
    await this.database.close();
    await this.copy?.close();
  }
}

/** @throws LuaSkillsError for a node, or a pack of nodes, that cannot be decoded */
function expectReadable(key: string, value: unknown): void {
  if (!(value instanceof Uint8Array)) throw new LuaSkillsError("storage_corrupt", `record "${key}" is no bytes`);
  if (key.startsWith("n/")) decodeNodes([[key, value]]);
  if (key.startsWith("p/")) decodeNodes(unpack(value, key));
}
