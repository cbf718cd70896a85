/**
 * sqlite-wasm without us: its own object API, in memory and, in a worker, on its SAH pool.
 * @module
 */
import sqlite3InitModule from "@sqlite.org/sqlite-wasm";

export type RawModule = Awaited<ReturnType<typeof sqlite3InitModule>>;
export type RawDatabase = InstanceType<RawModule["oo1"]["DB"]>;

/** `wasm`: where sqlite3.wasm is served; Node finds it beside the package. */
export function openRaw(wasm?: URL): Promise<RawModule> {
  // Its other OPFS back end starts a worker of its own, which an isolated page allows.
  Object.assign(globalThis, { sqlite3ApiConfig: { disable: { vfs: { opfs: true, "opfs-wl": true } } } });
  const initialise = sqlite3InitModule as (options?: { locateFile?(): string }) => Promise<RawModule>;
  return wasm === undefined ? initialise() : initialise({ locateFile: () => wasm.href });
}

/** An empty database, with the journal mode that is fastest there. */
export async function openPool(raw: RawModule): Promise<RawDatabase> {
  const pool = await raw.installOpfsSAHPoolVfs({ name: "bench-pool", clearOnInit: true });
  const database = new pool.OpfsSAHPoolDb("/bench.sqlite3");
  database.exec("PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL");
  return database;
}

/** `batch`es over the table of {@link schema}. */
export function rawBatches(database: RawDatabase, items: ReadonlyArray<readonly unknown[]>) {
  const point = database.prepare("SELECT name, score FROM t WHERE id = ?1");
  return {
    bulk: () => {
      database.exec("DELETE FROM t");
      bulkByJsonEach(database, items);
      return items.length;
    },
    points: (count: number) => () => {
      for (let i = 1; i <= count; i++) {
        point.bind(1, i).step();
        point.get({});
        point.reset();
      }
      return count;
    },
    rows: (count: number) => () => database.selectObjects(`SELECT id, name, score FROM t LIMIT ${count}`).length,
    close: () => {
      point.finalize();
      database.close();
    },
  };
}

/** One statement per 5000 rows: the fastest way in that the object API has. */
export function bulkByJsonEach(database: RawDatabase, rows: ReadonlyArray<readonly unknown[]>): void {
  database.exec("BEGIN");
  for (let at = 0; at < rows.length; at += 5000) {
    database.exec({
      sql: "INSERT INTO t SELECT value->>0, value->>1, value->>2 FROM json_each(?1)",
      bind: [JSON.stringify(rows.slice(at, at + 5000))],
    });
  }
  database.exec("COMMIT");
}

export const schema = "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, score REAL)";

export function rowsOf(count: number): Array<[number, string, number]> {
  return Array.from({ length: count }, (_, i) => [i + 1, `name of row ${i}`, i / 7]);
}
