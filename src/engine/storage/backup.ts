/**
 * A runtime as one zip, piece by piece.
 * @module
 */
import { Zip, ZipDeflate, ZipPassThrough } from "fflate";
import { concatBytes } from "../../base/bytes/concat-bytes.ts";
import { crc32 } from "../../base/bytes/crc32.ts";
import { messageOf } from "../../base/message-of.ts";
import { relative } from "../../base/paths.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { VfsFile } from "../../vfs/interface.ts";
import { listDatabases } from "../databases/list.ts";
import type { EngineState } from "../state.ts";
import {
  type BackupFile,
  type BackupHeader,
  type BackupIndex,
  filesPrefix,
  format,
  headerName,
  indexName,
  jsonBytes,
  version,
} from "./backup-format.ts";
import type { Job, Step } from "./job.ts";
import { piecesOf, walk } from "./walk.ts";

/** Bytes a step gives. */
const stepBytes = 1024 * 1024;
const earliest = Date.UTC(1980, 0, 2);
/** Quick: most of a runtime's bytes are databases and vectors. */
const level = 1;

export async function* backup({ core }: EngineState, salvage: boolean): Job {
  const { vfs } = core.services;
  const root = core.settings.runtimeRoot;
  const temporary = `${root}/temp/`;
  const outside = await databasesOutside(core);
  const entries = walk(vfs, root).filter(({ path }) => !path.startsWith(temporary) && !outside.has(path));
  const total = entries.reduce((sum, { size }) => sum + size, 0) + [...outside.values()].reduce((a, b) => a + b, 0);
  const archive = new Archive();
  const files: BackupFile[] = [];
  const unreadable: Array<{ path: string; message: string }> = [];
  let done = 0;

  function* put(name: string, modifiedMs: number, file: VfsFile): Generator<Step, BackupFile, unknown> {
    const entry = archive.begin(filesPrefix + name, modifiedMs);
    let size = 0;
    let checksum = 0;
    for (const piece of piecesOf(file)) {
      size += piece.length;
      checksum = crc32(piece, checksum);
      entry.push(piece, false);
      done += piece.length;
      if (archive.bytes >= stepBytes) yield { done, total, bytes: archive.take() };
    }
    entry.push(new Uint8Array(0), true);
    return { path: name, size, crc32: checksum };
  }

  const header: BackupHeader = { format, version, madeMs: core.platform.clock.now() };
  archive.add(headerName, header.madeMs, [jsonBytes(header)]);
  for (const { path, kind, modifiedMs } of entries) {
    const name = relative(path, root) ?? path;
    if (kind === "dir") {
      archive.add(`${filesPrefix}${name}/`, modifiedMs, []);
      files.push({ path: `${name}/`, size: 0, crc32: 0 });
      continue;
    }
    try {
      // What is begun in a zip cannot be taken back: a file that may be damaged is read once before.
      if (salvage) for (const piece of piecesOf(vfs.open(path))) void piece;
      files.push(yield* put(name, modifiedMs, vfs.open(path)));
    } catch (error) {
      if (!salvage) throw unreadableFile(path, error);
      unreadable.push({ path: name, message: messageOf(error) });
    }
  }
  for (const path of outside.keys()) {
    const { files: sqlite } = await core.services.databases.embeddedSqlite();
    const file = await sqlite.open(path, { signal: new AbortController().signal });
    files.push(yield* put(relative(path, root) ?? path, core.platform.clock.now(), file));
  }
  archive.add(indexName, header.madeMs, [jsonBytes({ files, unreadable } satisfies BackupIndex)]);
  archive.end();
  return { done: total, total, bytes: archive.take() };
}

/** Bytes of databases that are no files of the tree, by the path they would have there. */
async function databasesOutside(core: EngineState["core"]): Promise<Map<string, number>> {
  if (core.services.databases.outside === undefined) return new Map();
  const databases = await listDatabases(core);
  return new Map(databases.filter(({ kind }) => kind === "sqlite").map(({ path, bytes }) => [path, bytes] as const));
}

function unreadableFile(path: string, cause: unknown): LuaSkillsError {
  const reason = messageOf(cause);
  return new LuaSkillsError(
    "storage_corrupt",
    `${path} cannot be read (${reason}), so the backup was not made. \`backup({ salvage: true })\` leaves out what cannot be read and lists it in the archive.`,
    { data: { path }, cause },
  );
}

class Archive {
  readonly #zip: Zip;
  #chunks: Uint8Array[] = [];
  bytes = 0;

  constructor() {
    this.#zip = new Zip((error, chunk) => {
      if (error) throw error;
      this.#chunks.push(chunk);
      this.bytes += chunk.length;
    });
  }

  begin(name: string, modifiedMs: number): ZipDeflate {
    const entry = new ZipDeflate(name, { level });
    entry.mtime = Math.max(earliest, modifiedMs);
    this.#zip.add(entry);
    return entry;
  }

  add(name: string, modifiedMs: number, pieces: readonly Uint8Array[]): void {
    const entry = name.endsWith("/") ? new ZipPassThrough(name) : new ZipDeflate(name, { level });
    entry.mtime = Math.max(earliest, modifiedMs);
    this.#zip.add(entry);
    for (const piece of pieces) entry.push(piece, false);
    entry.push(new Uint8Array(0), true);
  }

  end(): void {
    this.#zip.end();
  }

  take(): Uint8Array {
    const out = concatBytes(this.#chunks);
    this.#chunks = [];
    this.bytes = 0;
    return out;
  }
}
