/**
 * A backup into an empty store, as its pieces come in.
 * @module
 */
import { Unzip, type UnzipFile, UnzipInflate } from "fflate";
import { crc32 } from "../../base/bytes/crc32.ts";
import { messageOf } from "../../base/message-of.ts";
import { dirname, join } from "../../base/paths.ts";
import { LuaSkillsError } from "../../errors.ts";
import { type Vfs, VfsError, type VfsFile } from "../../vfs/interface.ts";
import { loadRoots } from "../skills/load-roots.ts";
import type { EngineState } from "../state.ts";
import {
  type BackupHeader,
  type BackupIndex,
  filesPrefix,
  format,
  headerName,
  indexName,
  notABackup,
  version,
} from "./backup-format.ts";
import type { Job } from "./job.ts";
import { clearBelow, restoreMarker } from "./unfinished-restore.ts";
import { walk } from "./walk.ts";

/** Written between commits, so that little has to stay in memory where the store can be read again. */
const commitBytes = 8 * 2 ** 20;

export async function* restore(state: EngineState): Job {
  const { core } = state;
  const { vfs } = core.services;
  const root = core.settings.runtimeRoot;
  const standing = walk(vfs, root).find(({ kind }) => kind === "file");
  if (standing) {
    throw new LuaSkillsError(
      "conflict",
      `a backup is restored into an empty store, and this one has files (${standing.path}); choose another storage name, or remove the files first`,
      { data: { path: standing.path } },
    );
  }
  const marker = restoreMarker(root);
  vfs.mkdir(dirname(marker), { recursive: true });
  vfs.writeFile(marker, new Uint8Array(0));
  await state.flush();
  let complete = false;
  const incoming = new Incoming(vfs, root);
  try {
    let done = 0;
    let unflushed = 0;
    for (;;) {
      const bytes: Uint8Array | undefined = yield { done, total: done };
      if (bytes === undefined) break;
      incoming.push(bytes);
      done += bytes.length;
      unflushed += bytes.length;
      if (unflushed < commitBytes) continue;
      unflushed = 0;
      await state.flush();
    }
    incoming.finish();
    vfs.remove(marker);
    await state.flush();
    complete = true;
    await state.queue.run(() => loadRoots(core, core.live.chain, "reload"));
    return { done, total: done };
  } finally {
    incoming.close();
    if (!complete) {
      clearBelow(vfs, root);
      await state.flush();
    }
  }
}

interface Written {
  size: number;
  crc32: number;
}

class Incoming {
  readonly #unzip: Unzip;
  readonly #written = new Map<string, Written>();
  #open: VfsFile | undefined;
  #header: BackupHeader | undefined;
  #index: BackupIndex | undefined;
  #begun = 0;
  #ended = 0;

  constructor(
    private readonly vfs: Vfs,
    private readonly root: string,
  ) {
    this.#unzip = new Unzip((file) => this.#entry(file));
    this.#unzip.register(UnzipInflate);
  }

  push(bytes: Uint8Array): void {
    try {
      this.#unzip.push(bytes, false);
    } catch (error) {
      throw restoreError(error);
    }
  }

  /** Compares what was written with what the backup says it has. */
  finish(): void {
    if (!this.#header) throw notABackup(`it does not begin with ${headerName}`);
    if (!this.#index || this.#begun !== this.#ended) throw notABackup("it is cut short");
    for (const { path, size, crc32: wanted } of this.#index.files) {
      const found = this.#written.get(path);
      if (!found || found.size !== size || found.crc32 !== wanted) throw notABackup(`${path} is damaged in it`);
    }
    if (this.#written.size !== this.#index.files.length) throw notABackup("it has files its index does not list");
  }

  close(): void {
    this.#open?.close();
  }

  #entry(file: UnzipFile): void {
    this.#begun++;
    if (this.#header === undefined && file.name !== headerName)
      throw notABackup(`it does not begin with ${headerName}`);
    if (file.name === headerName) this.#json(file, (value) => this.#takeHeader(value as BackupHeader));
    else if (file.name === indexName) {
      this.#json(file, (value) => {
        this.#index = value as BackupIndex;
      });
    } else this.#file(file, this.#pathOf(file.name));
    file.start();
  }

  #takeHeader(header: BackupHeader): void {
    if (header.format !== format) throw notABackup(`its ${headerName} is another's`);
    if (header.version !== version) {
      throw notABackup(`it is of version ${header.version}, and this version of luaskills-wasm reads ${version}`);
    }
    this.#header = header;
  }

  #file(file: UnzipFile, path: string): void {
    const target = join(this.root, path);
    const written: Written = { size: 0, crc32: 0 };
    this.#written.set(path, written);
    if (path.endsWith("/")) this.vfs.mkdir(target, { recursive: true });
    else {
      this.vfs.mkdir(dirname(target), { recursive: true });
      this.#open = this.vfs.open(target, { create: true });
    }
    const into = this.#open;
    file.ondata = (error, bytes, final) => {
      if (error) throw error;
      if (bytes.length > 0) into?.writeAt(bytes, written.size);
      written.size += bytes.length;
      written.crc32 = crc32(bytes, written.crc32);
      if (!final) return;
      this.#ended++;
      into?.close();
      this.#open = undefined;
    };
  }

  #json(file: UnzipFile, take: (value: unknown) => void): void {
    const pieces: Uint8Array[] = [];
    file.ondata = (error, bytes, final) => {
      if (error) throw error;
      pieces.push(bytes);
      if (!final) return;
      this.#ended++;
      const decoder = new TextDecoder();
      const text = pieces.map((piece) => decoder.decode(piece, { stream: true })).join("") + decoder.decode();
      try {
        take(JSON.parse(text));
      } catch (thrown) {
        throw thrown instanceof LuaSkillsError ? thrown : notABackup(`${file.name} cannot be read`);
      }
    };
  }

  /** Relative to the runtime root. */
  #pathOf(name: string): string {
    const path = name.startsWith(filesPrefix) ? name.slice(filesPrefix.length) : "";
    const parts = path.replace(/\/$/, "").split("/");
    if (
      parts.some((part) => part === "" || part === "." || part === "..") ||
      path.includes("\0") ||
      path.includes("\\")
    ) {
      throw notABackup(`it has an entry '${name}'`);
    }
    if (this.#written.has(path)) throw notABackup(`'${name}' appears twice`);
    return path;
  }
}

function restoreError(error: unknown): unknown {
  if (error instanceof LuaSkillsError) return error;
  if (error instanceof VfsError) {
    const full = error.errno === "ENOSPC";
    return new LuaSkillsError(
      full ? "quota_exceeded" : "invalid_archive",
      full
        ? `the backup does not fit into the store (limits.vfsBytes): ${error.osText}; nothing was restored`
        : `the backup cannot be unpacked to ${error.path}: ${error.osText}; nothing was restored`,
      { cause: error, data: { path: error.path, errno: error.errno } },
    );
  }
  return notABackup(messageOf(error));
}
