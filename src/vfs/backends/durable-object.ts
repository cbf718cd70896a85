/**
 * The tree's records in a Durable Object's SQLite storage: one commit = one synchronous transaction.
 * @module
 */
import { messageOf } from "../../base/message-of.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { CommitBatch, VfsBackend } from "../interface.ts";

/** The part of a Durable Object's `ctx.storage` used here, so that no Cloudflare types are needed. */
export interface DurableObjectStorageLike {
  readonly sql: {
    exec(query: string, ...bindings: unknown[]): Iterable<Record<string, unknown>>;
  };
  transactionSync<T>(work: () => T): T;
  /** Resolves when every write so far is on disk. */
  sync?(): Promise<void>;
}

const table = "luaskills_records";

export class DurableObjectBackend implements VfsBackend {
  readonly kind = "durable-object";

  /** @throws LuaSkillsError `storage_unavailable` when the object's class has no SQLite storage */
  constructor(private readonly storage: DurableObjectStorageLike) {
    try {
      storage.sql.exec(`CREATE TABLE IF NOT EXISTS ${table} (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID`);
    } catch (error) {
      throw new LuaSkillsError(
        "storage_unavailable",
        `this Durable Object has no SQLite storage: ${messageOf(error)}. List its class under \`new_sqlite_classes\` in the migrations of your wrangler configuration.`,
        { cause: error },
      );
    }
  }

  async load(): Promise<Array<readonly [string, unknown]>> {
    const out: Array<readonly [string, unknown]> = [];
    for (const row of this.storage.sql.exec(`SELECT key, value FROM ${table}`)) {
      out.push([String(row.key), row.value instanceof ArrayBuffer ? new Uint8Array(row.value) : row.value]);
    }
    return out;
  }

  async commit(batch: CommitBatch, options: { strict: boolean }): Promise<void> {
    const { sql } = this.storage;
    try {
      this.storage.transactionSync(() => {
        for (const key of batch.deletes) sql.exec(`DELETE FROM ${table} WHERE key = ?`, key);
        for (const [key, value] of batch.puts) {
          sql.exec(`INSERT OR REPLACE INTO ${table} (key, value) VALUES (?, ?)`, key, value);
        }
      });
      // The object's output gate holds back every reply until its writes are on disk; strict only asks for it by name.
      if (options.strict) await this.storage.sync?.();
    } catch (error) {
      const full = /SQLITE_FULL|storage limit/i.test(messageOf(error));
      throw new LuaSkillsError(
        full ? "quota_exceeded" : "storage_error",
        `the Durable Object's storage could not write: ${messageOf(error)}. Nothing of this commit was written.`,
        { cause: error },
      );
    }
  }

  async close(): Promise<void> {
    // The storage belongs to the object, which outlives this runtime.
  }
}
