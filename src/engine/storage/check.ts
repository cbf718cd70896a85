/**
 * Whether a store is what was written: its records, its files, its databases.
 * @module
 */
import type { DatabaseInfo, StorageProblem, StorageReport } from "../../contract/contract.ts";
import { listDatabases } from "../databases/list.ts";
import type { EngineState } from "../state.ts";
import type { Job } from "./job.ts";
import { piecesOf, walk } from "./walk.ts";

export async function* check({ core }: EngineState): Job {
  const { store } = core.platform;
  const { vfs } = core.services;
  const problems: StorageProblem[] = [];
  const files = walk(vfs, core.settings.runtimeRoot).filter(({ kind }) => kind === "file");
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  // Once as records, once as files.
  const total = 2 * bytes;
  yield { done: 0, total };

  const verifying = store.verify?.();
  if (verifying) {
    let step = await verifying.next();
    for (; !step.done; step = await verifying.next()) yield { done: Math.min(bytes, step.value), total };
    for (const { where, what } of step.value) problems.push({ kind: "store", path: where, message: what });
  }
  let done = bytes;
  for (const { path } of files) {
    try {
      for (const piece of piecesOf(vfs.open(path))) {
        done += piece.length;
        yield { done: Math.min(done, total), total };
      }
    } catch (error) {
      // One that was removed meanwhile is nobody's problem.
      if (vfs.stat(path)) problems.push({ kind: "file", path, message: textOf(error) });
    }
  }
  const databases = await listDatabases(core);
  for (const database of databases) {
    for (const message of await problemsOf(core, database)) {
      problems.push({ kind: database.kind, path: database.path, message });
    }
    yield { done: total, total };
  }
  const report: StorageReport = {
    ok: problems.length === 0,
    kind: store.kind,
    files: files.length,
    bytes,
    databases: databases.filter(({ kind }) => kind === "sqlite").length,
    vectorStores: databases.filter(({ kind }) => kind === "lancedb").length,
    problems,
  };
  return { done: total, total, report };
}

async function problemsOf(core: EngineState["core"], { kind, path }: DatabaseInfo): Promise<string[]> {
  try {
    if (kind === "sqlite") {
      const { files } = await core.services.databases.embeddedSqlite();
      return await files.check(path, { signal: new AbortController().signal });
    }
    const { files } = await core.services.databases.embeddedLancedb();
    // Reading a table looks at the checksum of every block of it.
    files.read(path);
    return [];
  } catch (error) {
    return [textOf(error)];
  }
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
