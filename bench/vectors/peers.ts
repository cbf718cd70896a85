/**
 * Other exact vector searches, when they are installed: `@lancedb/lancedb`, and `@electric-sql/pglite-pgvector`.
 * They are no dependencies of ours; `BENCH_PEERS=<folder with node_modules>` says where they are.
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Contender } from "../harness/harness.ts";
import { type Collection, limit } from "./collection.ts";

export interface Peer {
  readonly contender: Contender;
  close(): Promise<void>;
}

/** Only as much of the packages as is used here. */
interface LanceDb {
  connect(folder: string): Promise<{
    createTable(name: string, rows: unknown[]): Promise<LanceTable>;
  }>;
}
interface LanceTable {
  vectorSearch(vector: Float32Array): { limit(n: number): { toArray(): Promise<Array<{ id: number }>> } };
}
interface PGliteModule {
  PGlite: {
    create(options: unknown): Promise<{
      exec(sql: string): Promise<unknown>;
      query(sql: string, params: unknown[]): Promise<{ rows: Array<{ id: number }> }>;
      close(): Promise<void>;
    }>;
  };
}

/** The peers that are there; the others are named on the console. */
export async function openPeers(collection: Collection): Promise<Peer[]> {
  const peers: Peer[] = [];
  for (const [name, open] of [
    ["@lancedb/lancedb", openLance],
    ["@electric-sql/pglite-pgvector", openPGlite],
  ] as const) {
    const folder = path.resolve(process.env.BENCH_PEERS ?? ".");
    const load = loader(folder);
    if (load.has(name)) peers.push(await open(collection, load));
    else console.log(`${name} is not installed in ${folder}: no comparison with it (BENCH_PEERS names another folder)`);
  }
  return peers;
}

interface Loader {
  has(name: string): boolean;
  import(name: string): Promise<unknown>;
}

function loader(folder: string): Loader {
  const require = createRequire(path.join(folder, "package.json"));
  return {
    has(name) {
      try {
        require.resolve(name);
        return true;
      } catch {
        // Not being installed is an answer here, not a failure.
        return false;
      }
    },
    import: (name) => import(pathToFileURL(require.resolve(name)).href),
  };
}

async function openLance({ data, dim, rows, queries }: Collection, load: Loader): Promise<Peer> {
  const lance = (await load.import("@lancedb/lancedb")) as LanceDb;
  const folder = await mkdtemp(path.join(tmpdir(), "bench-lance-"));
  const database = await lance.connect(folder);
  const records = Array.from({ length: rows }, (_, id) => ({
    id,
    vector: Array.from(data.subarray(id * dim, (id + 1) * dim)),
  }));
  const table = await database.createTable("t", records);
  return {
    contender: {
      name: "LanceDB (native)",
      async batch() {
        for (const query of queries) await table.vectorSearch(query).limit(limit).toArray();
        return queries.length;
      },
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

async function openPGlite({ data, dim, rows, queries }: Collection, load: Loader): Promise<Peer> {
  const { PGlite } = (await load.import("@electric-sql/pglite")) as PGliteModule;
  const { vector } = (await load.import("@electric-sql/pglite-pgvector")) as { vector: unknown };
  const database = await PGlite.create({ extensions: { vector } });
  await database.exec(`CREATE EXTENSION vector; CREATE TABLE t(id int, v vector(${dim}))`);
  const text = (from: Float32Array) => `[${from.join(",")}]`;
  for (let id = 0; id < rows; id += 500) {
    const values = Array.from({ length: Math.min(500, rows - id) }, (_, i) => {
      const at = (id + i) * dim;
      return `(${id + i},'${text(data.subarray(at, at + dim))}')`;
    });
    await database.exec(`INSERT INTO t VALUES ${values.join(",")}`);
  }
  return {
    contender: {
      name: "PGlite + pgvector",
      async batch() {
        for (const query of queries) {
          await database.query(`SELECT id FROM t ORDER BY v <-> $1 LIMIT ${limit}`, [text(query)]);
        }
        return queries.length;
      },
    },
    close: () => database.close(),
  };
}
