/**
 * Writes for ever, or checks what a killed writer left. Every call writes its number into several files, into rows of a
 * database and into a package of many files, and reports itself only after its commit. It says when it comes to the moment
 * at which it is to be killed.
 * @module
 */
import { embeddedSqlite } from "../../../src/sqlite/embedded-sqlite.ts";
import { OpfsFiles } from "../../../src/sqlite/files/opfs-files.ts";
import type { Vfs, VfsStore } from "../../../src/vfs/interface.ts";
import { openStore } from "../../../src/vfs/open-store.ts";

export type DatabaseStorage = "vfs" | "opfs";
/**
 * `transaction`: a SQL transaction that never ends and has reached the file. `flush`: calls of a megabyte each, most of whose
 * time is their commit.
 */
export type Moment = "transaction" | "flush";

export interface Order {
  readonly name: string;
  readonly storage: DatabaseStorage;
  readonly work: Moment | "check";
  /** Calls before that moment. */
  readonly calls?: number;
}

/** What a check found; `problem` is empty when all is well. */
export interface Found {
  readonly call: number;
  readonly problem: string;
}

const files = 12;
const rowsPerCall = 5;
const rowBytes = { transaction: 3000, flush: 200_000 };
const callsKept = 10;
const root = "/runtime/data";
const binding = {
  space_label: "ROOT",
  skill_id: "d",
  binding_tag: "ROOT-d",
  root_name: "ROOT",
  space_root: "/runtime/databases",
  skill_dir: "/runtime/skills/d",
  skill_dir_name: "d",
  database_kind: "sqlite",
  default_database_path: "/runtime/databases/sqlite/d/d.sqlite3",
} as const;
const { signal } = new AbortController();

globalThis.onmessage = async ({ data }: MessageEvent<Order>) => {
  try {
    const { name, storage, work, calls = 0 } = data;
    const store = await openStore({ kind: "indexeddb", name, whenInUse: "wait" });
    const outside = storage === "opfs" ? await OpfsFiles.open({ name, maxBytes: 0 }) : undefined;
    const wasm = new URL("/dist/sqlite3.wasm", location.href);
    const provider = embeddedSqlite({ vfs: store.fs, wasm, files: outside });
    await provider.register(binding);
    const sql = async (method: string, input: unknown) =>
      (await provider.call(binding, method, JSON.stringify(input), { signal })) as Record<string, unknown>;
    if (work === "check") {
      const found = await check(store, sql, storage);
      outside?.close();
      await store.close();
      postMessage(found);
    } else await write(store, sql, work, calls);
  } catch (error) {
    postMessage({ call: -1, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
};

type Sql = (method: string, input: unknown) => Promise<Record<string, unknown>>;

async function write(store: VfsStore, sql: Sql, moment: Moment, calls: number): Promise<void> {
  const { fs } = store;
  fs.mkdir(`${root}/old`, { recursive: true });
  let call = fs.stat(`${root}/0`) ? numberIn(fs, `${root}/0`) : 0;
  // What the database had been told and nobody else: in OPFS it may be a call ahead.
  await sql("execute_script", {
    sql: `CREATE TABLE IF NOT EXISTS t(call INTEGER, i INTEGER, body BLOB); DELETE FROM t WHERE call > ${call}`,
  });
  postMessage(call);
  const last = call + calls;
  for (;;) {
    if (call >= last) postMessage("moment");
    if (moment === "transaction" && call >= last) await never(sql);
    call++;
    const number = new TextEncoder().encode(`${call}\n`);
    for (let i = 0; i < files; i++) fs.writeFile(`${root}/${i}`, number);
    // A large file and a directory that changes places: chunks, renames and deletes belong to the call as well.
    const large = fs.open(`${root}/large`, { create: true });
    large.writeAt(new Uint8Array(40_000).fill(call & 255), (call % 7) * 30_000);
    large.writeAt(number, 0);
    large.truncate(300_000);
    fs.mkdir(`${root}/old/${call}/deep`, { recursive: true });
    fs.writeFile(`${root}/old/${call}/deep/f`, number);
    if (fs.stat(`${root}/current`)) fs.remove(`${root}/current`, { recursive: true });
    fs.rename(`${root}/old/${call}`, `${root}/current`);
    await sql("execute_script", { sql: `DELETE FROM t WHERE call < ?1 - ${callsKept}`, params: [call] });
    await sql("execute_batch", {
      sql: `INSERT INTO t VALUES(?1, ?2, randomblob(${rowBytes[moment]}))`,
      items: Array.from({ length: rowsPerCall }, (_, i) => [call, i]),
    });
    await store.commit();
    postMessage(call);
  }
}

function numberIn(fs: Vfs, path: string): number {
  return Number.parseInt(new TextDecoder().decode(fs.readFile(path).subarray(0, 12)), 10);
}

/** With so small a cache the pages are in the file long before a commit. */
async function never(sql: Sql): Promise<void> {
  await sql("execute_script", {
    sql: `PRAGMA cache_size = 10; BEGIN; DELETE FROM t;
      WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) INSERT INTO t SELECT -1, n, randomblob(3000) FROM c`,
  });
}

/** In OPFS the database's transaction is durable before the call's files are: it may be one call ahead of them. */
async function check({ fs }: VfsStore, sql: Sql, storage: DatabaseStorage): Promise<Found> {
  if (fs.stat(root) === undefined) return { call: 0, problem: "" };
  const integrity = await sql("query_json", { sql: "PRAGMA integrity_check" });
  if (integrity.json_data !== '[{"integrity_check":"ok"}]') return { call: -1, problem: String(integrity.json_data) };
  if (!fs.stat(`${root}/0`)) return { call: 0, problem: "" };
  const call = numberIn(fs, `${root}/0`);
  const problems: string[] = [];
  for (let i = 1; i < files; i++) {
    const found = numberIn(fs, `${root}/${i}`);
    if (found !== call) problems.push(`file ${i} says ${found}`);
  }
  if (numberIn(fs, `${root}/current/deep/f`) !== call) problems.push("the moved directory is another call's");
  if (fs.list(`${root}/old`).length > 0) problems.push("a moved directory is still in its old place");
  if (numberIn(fs, `${root}/large`) !== call) problems.push("the large file is another call's");
  const { rows } = await sql("query_json", { sql: "SELECT call, count(*) AS n FROM t GROUP BY call ORDER BY call" });
  const found = rows as ReadonlyArray<{ call: number; n: number }>;
  const newest = found.at(-1)?.call ?? 0;
  if (newest !== call && !(storage === "opfs" && newest === call + 1)) problems.push(`the database is at ${newest}`);
  for (const [i, row] of found.entries()) {
    if (row.n !== rowsPerCall) problems.push(`call ${row.call} has ${row.n} rows`);
    if (row.call !== newest - found.length + 1 + i) problems.push(`call ${row.call} follows a gap`);
  }
  if (found.length < Math.min(newest, callsKept)) problems.push(`only ${found.length} calls are there`);
  return { call, problem: problems.length > 0 ? `call ${call}: ${problems.join("; ")}` : "" };
}
