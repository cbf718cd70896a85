/**
 * Native SQLite by better-sqlite3, in memory. It is compiled for the machine, so it is no dependency: `npm install --no-save
 * better-sqlite3@12` brings it, and without it the other rows are measured alone.
 * @module
 */
import type { Contender } from "../harness/harness.ts";
import { schema } from "./raw.ts";

interface NativeStatement {
  run(...values: readonly unknown[]): unknown;
  get(...values: readonly unknown[]): unknown;
  all(...values: readonly unknown[]): unknown[];
}
interface NativeDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): NativeStatement;
  transaction(work: () => void): () => void;
  close(): unknown;
}

/** Undefined when it is not installed, which it says. */
export async function openNative(items: ReadonlyArray<readonly unknown[]>) {
  const name = "better-sqlite3";
  let Native: new (path: string) => NativeDatabase;
  try {
    ({ default: Native } = (await import(name)) as { default: typeof Native });
  } catch (error) {
    if ((error as { code?: string }).code !== "ERR_MODULE_NOT_FOUND") throw error;
    console.log("\nnative SQLite is not measured: npm install --no-save better-sqlite3@12");
    return undefined;
  }
  const database = new Native(":memory:");
  database.exec(schema);
  const insert = database.prepare("INSERT INTO t VALUES(?, ?, ?)");
  const point = database.prepare("SELECT name, score FROM t WHERE id = ?");
  const some = database.prepare("SELECT id, name, score FROM t LIMIT ?");
  const insertAll = database.transaction(() => {
    for (const row of items) insert.run(...row);
  });
  const bulk = (): number => {
    database.exec("DELETE FROM t");
    insertAll();
    return items.length;
  };
  bulk();
  const contender = (batch: () => number): Contender => ({ name, batch });
  return {
    bulk: contender(bulk),
    points: (count: number) =>
      contender(() => {
        for (let i = 1; i <= count; i++) point.get(i);
        return count;
      }),
    rows: (count: number) => contender(() => some.all(count).length),
    close: () => database.close(),
  };
}
