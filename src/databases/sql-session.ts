/**
 * One database of the host's, for statements whose transactions outlive a call.
 * @module
 */
import type { LuaValue } from "../lua/interface.ts";
import type { DatabaseContext } from "./access.ts";

/** `{ real }` is REAL whatever its value. */
export type SqlValue = null | number | bigint | string | Uint8Array | { readonly real: number };

export interface SqlOutcome {
  /** Bytes are bytes, NULL is absent. */
  readonly rows: readonly LuaValue[];
  readonly changed: number;
  readonly lastInsertId: number | bigint;
}

export interface SqlSession {
  /** A transaction is open. */
  readonly isInTransaction: boolean;
  /** Compiles it, as {@link run} would. @throws likewise */
  check(sql: string, context: DatabaseContext): Promise<void>;
  /** One statement. @throws Error with SQLite's text and `resultCode` */
  run(sql: string, values: readonly SqlValue[], context: DatabaseContext): Promise<SqlOutcome>;
}
