/**
 * Writes for ever, or checks what a killed writer left. Every call writes its number into several files, into rows of a
 * database and into a package of many files, and reports itself only after its commit.
 * @module
 */
import { embeddedSqlite } from "../../../src/sqlite/embedded.ts";
import type { VfsStore } from "../../../src/vfs/interface.ts";
import { openStore } from "../../../src/vfs/open-store.ts";

interface Order {
  readonly name: string;
  readonly work: "write" | "check";
}

/** What a check found; `problem` is empty when all is well. */
export interface Found {
  readonly call: number;
  readonly problem: string;
}

const files = 12;
const rowsPerCall = 5;
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
    const store = await openStore({ kind: "indexeddb", name: data.name, whenInUse: "wait" });
    const provider = await embeddedSqlite({ vfs: store.fs, wasm: new URL("/dist/sqlite3.wasm", location.href) });
    await provider.register(binding);
    const sql = async (method: string, input: unknown) =>
      (await provider.call(binding, method, JSON.stringify(input), { signal })) as Record<string, unknown>;
    if (data.work === "write") await write(store, sql);
    else {
      const found = await check(store, sql);
      await store.close();
      postMessage(found);
    }
  } catch (error) {
    postMessage({ call: -1, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
};

type Sql = (method: string, input: unknown) => Promise<Record<string, unknown>>;

async function write(store: VfsStore, sql: Sql): Promise<void> {
  const { fs } = store;
  fs.mkdir(`${root}/old`, { recursive: true });
  await sql("execute_script", { sql: "CREATE TABLE IF NOT EXISTS t(call INTEGER, i INTEGER, body BLOB)" });
  let call = Number(
    ((await sql("query_json", { sql: "SELECT max(call) AS n FROM t" })).rows as Array<{ n?: number }>)[0]?.n ?? 0,
  );
  postMessage(call);
  for (;;) {
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
    await sql("execute_script", { sql: "DELETE FROM t WHERE call < ?1 - 20", params: [call] });
    await sql("execute_batch", {
      sql: "INSERT INTO t VALUES(?1, ?2, randomblob(3000))",
      items: Array.from({ length: rowsPerCall }, (_, i) => [call, i]),
    });
    await store.commit();
    postMessage(call);
  }
}

async function check({ fs }: VfsStore, sql: Sql): Promise<Found> {
  if (fs.stat(root) === undefined) return { call: 0, problem: "" };
  const numberIn = (path: string): number =>
    Number.parseInt(new TextDecoder().decode(fs.readFile(path).subarray(0, 12)), 10);
  const integrity = await sql("query_json", { sql: "PRAGMA integrity_check" });
  if (integrity.json_data !== '[{"integrity_check":"ok"}]') return { call: -1, problem: String(integrity.json_data) };
  if (!fs.stat(`${root}/0`)) return { call: 0, problem: "" };
  const call = numberIn(`${root}/0`);
  const problems: string[] = [];
  for (let i = 1; i < files; i++) {
    if (numberIn(`${root}/${i}`) !== call) problems.push(`file ${i} says ${numberIn(`${root}/${i}`)}`);
  }
  if (numberIn(`${root}/current/deep/f`) !== call) problems.push("the moved directory is another call's");
  if (fs.list(`${root}/old`).length > 0) problems.push("a moved directory is still in its old place");
  const large = fs.readFile(`${root}/large`);
  if (Number.parseInt(new TextDecoder().decode(large.subarray(0, 12)), 10) !== call)
    problems.push("the large file is another call's");
  const { rows } = await sql("query_json", {
    sql: "SELECT max(call) AS m, count(*) AS n FROM t WHERE call >= ?1",
    params: [call],
  });
  const [row] = rows as Array<{ m?: number; n: number }>;
  if (row?.m !== call || row.n !== rowsPerCall) problems.push(`the database says ${row?.m} with ${row?.n} rows`);
  return { call, problem: problems.length > 0 ? `call ${call}: ${problems.join("; ")}` : "" };
}
