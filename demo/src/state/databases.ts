import { computed, signal } from "@preact/signals";
import { type DatabaseInfo, LuaSkillsError, type SqlResult, type SqlTable, type VectorTable } from "luaskills-wasm";
import { saveFile } from "../parts/save-file.ts";
import { runtime, runtimeRoot } from "./engine.ts";

export const databases = signal<readonly DatabaseInfo[] | undefined>(undefined);
const selectedPath = signal<string | undefined>(undefined);
/** The chosen database, else the first. */
export const selectedDatabase = computed(
  () => databases.value?.find((each) => each.path === selectedPath.value) ?? databases.value?.[0],
);

export function selectDatabase({ path }: DatabaseInfo): void {
  selectedPath.value = path;
}

export function selectDatabaseOf(skillId: string): void {
  const found = databases.value?.find((each) => each.skillId === skillId);
  if (found) selectDatabase(found);
}

/** Reads the list again; the choice stays where it can. SQLite is loaded for it, so not where nothing was ever stored. */
export async function refreshDatabases(): Promise<void> {
  if (!(await runtime().fs.stat(`${runtimeRoot}/databases`))) {
    databases.value = [];
    return;
  }
  databases.value = await runtime().databases.list();
}

/** Tables of the two kinds, by the path of their database. */
export const sqlTables = signal<{ readonly path: string; readonly tables: readonly SqlTable[] } | undefined>(undefined);
export const vectorTables = signal<{ readonly path: string; readonly tables: readonly VectorTable[] } | undefined>(
  undefined,
);

export async function readTables(database: DatabaseInfo): Promise<void> {
  const { path, kind } = database;
  const { sqlite, lancedb } = runtime().databases;
  if (kind === "sqlite") sqlTables.value = { path, tables: await sqlite.tables(database) };
  else vectorTables.value = { path, tables: await lancedb.tables(database) };
}

/** What an extension says of a file's content. */
export const fileKinds = { sqlite: ".sqlite3", lancedb: "-vectors.zip" } as const;

export async function exportDatabase(database: DatabaseInfo): Promise<void> {
  const { kind, skillId } = database;
  saveFile(`${skillId}${fileKinds[kind]}`, await runtime().databases[kind].export(database));
}

export async function importDatabase(database: DatabaseInfo, bytes: Uint8Array): Promise<void> {
  await runtime().databases[database.kind].import(database, bytes);
  await refreshDatabases();
}

/** Of a skill that is gone: the file and its folder. */
export async function deleteDatabase({ kind, path }: DatabaseInfo): Promise<void> {
  const folder = kind === "sqlite" ? path.slice(0, path.lastIndexOf("/")) : path;
  await runtime().fs.remove(folder, { recursive: true });
  await refreshDatabases();
}

export type Answer<T> =
  | { readonly kind: "answer"; readonly value: T; readonly ms: number }
  | { readonly kind: "error"; readonly error: LuaSkillsError };

/** Texts of the query boxes by database, so that changing between databases loses nothing. */
export const queryTexts = signal<Readonly<Record<string, string>>>({});

export function setQueryText(path: string, text: string): void {
  queryTexts.value = { ...queryTexts.value, [path]: text };
}

export async function timed<T>(work: () => Promise<T>): Promise<Answer<T>> {
  const started = performance.now();
  try {
    return { kind: "answer", value: await work(), ms: performance.now() - started };
  } catch (thrown) {
    return { kind: "error", error: LuaSkillsError.from(thrown) };
  }
}

export const shownRows = 200;

export function runQuery(database: DatabaseInfo, sql: string): Promise<Answer<SqlResult>> {
  return timed(() => runtime().databases.sqlite.query(database, sql, [], { maxRows: shownRows }));
}
