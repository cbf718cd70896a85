/**
 * SQLite's view of our files: a database is a file of the tree, a page write is a write into its chunks; or it lies in OPFS.
 * Locks are no-ops: an engine owns its store alone, and no statement outlives the call it belongs to.
 * @module
 */

import { join } from "../../base/paths.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { VfsError } from "../../vfs/interface.ts";
import { code, openFlag, type Pointer, type SqliteModule } from "../wasm/sqlite-api.ts";
import type { DatabaseFile, DatabaseFiles } from "./file-storage.ts";

/** Name databases are opened with. */
export const vfsName = "luaskills";

const maxPathBytes = 1024;

interface OpenFile {
  readonly file: DatabaseFile;
  readonly place: Pick<DatabaseFiles, "characteristics" | "remove">;
  readonly path: string | undefined;
  readonly flags: number;
}

export interface FileVfsOptions {
  /** What relative names in ATTACH and VACUUM INTO are relative to. */
  readonly workingDirectory: () => string;
  /** For files without a name; undefined: in memory. */
  readonly openTemporary?: () => DatabaseFile | undefined;
  /** Unix milliseconds, for SQLite's date functions. */
  readonly now: () => number;
}

/** Registers the VFS `luaskills` with this instance of sqlite-wasm. */
export function installFileVfs(
  sqlite: SqliteModule,
  placeOf: (path: string) => DatabaseFiles,
  scratch: Vfs,
  options: FileVfsOptions,
): void {
  const { capi, wasm } = sqlite;
  const { memory } = wasm;
  const files = new Map<Pointer, OpenFile>();
  /** Files without a name have no business in durable storage. */
  const nowhere = { characteristics: 0x200 | 0x400 | 0x800 | 0x1000, remove() {} };
  let temporary = 0;
  const inMemory = (): DatabaseFile => {
    const path = `/t${++temporary}`;
    const file = scratch.open(path, { create: true });
    scratch.remove(path);
    return file;
  };

  const heap = (): DataView => new DataView(memory.buffer);
  const bytes = (at: Pointer, length: number): Uint8Array => new Uint8Array(memory.buffer, at, length);
  const text = (at: Pointer): string => {
    const all = new Uint8Array(memory.buffer);
    return new TextDecoder().decode(all.slice(at, all.indexOf(0, at)));
  };
  const of = (pointer: Pointer): OpenFile => files.get(pointer) as OpenFile;
  /** No exception may cross C frames: SQLite hears a result code. */
  const guarded = (failure: number, work: () => number | undefined): number => {
    try {
      return work() ?? code.ok;
    } catch (error) {
      if (error instanceof VfsError && error.errno === "ENOSPC") return code.full;
      return failure;
    }
  };

  const vfs = new capi.sqlite3_vfs();
  const io = new capi.sqlite3_io_methods();
  const standard = new capi.sqlite3_vfs(capi.sqlite3_vfs_find(null));
  vfs.$iVersion = 2;
  vfs.$szOsFile = capi.sqlite3_file.structInfo.sizeof;
  vfs.$mxPathname = maxPathBytes;
  vfs.$zName = wasm.allocCString(vfsName);
  vfs.$xRandomness = standard.$xRandomness;
  vfs.$xSleep = standard.$xSleep;
  io.$iVersion = 1;

  const ioMethods = {
    xClose: (pointer: Pointer) =>
      guarded(code.ioWrite, () => {
        const open = of(pointer);
        files.delete(pointer);
        open.file.close();
        if (open.path !== undefined && (open.flags & openFlag.deleteOnClose) !== 0) open.place.remove(open.path);
        return code.ok;
      }),
    xRead: (pointer: Pointer, target: Pointer, length: number, offset: bigint) =>
      guarded(code.ioRead, () => {
        const into = bytes(target, length);
        const got = of(pointer).file.readAt(into, Number(offset));
        if (got === length) return code.ok;
        into.fill(0, got);
        return code.ioShortRead;
      }),
    xWrite: (pointer: Pointer, source: Pointer, length: number, offset: bigint) =>
      guarded(code.ioWrite, () => {
        of(pointer).file.writeAt(bytes(source, length), Number(offset));
        return code.ok;
      }),
    xTruncate: (pointer: Pointer, size: bigint) =>
      guarded(code.ioTruncate, () => {
        of(pointer).file.truncate(Number(size));
        return code.ok;
      }),
    xSync: (pointer: Pointer) =>
      guarded(code.ioSync, () => {
        of(pointer).file.sync?.();
        return code.ok;
      }),
    xFileSize: (pointer: Pointer, out: Pointer) =>
      guarded(code.ioFstat, () => {
        heap().setBigInt64(out, BigInt(of(pointer).file.size), true);
        return code.ok;
      }),
    xLock: () => code.ok,
    xUnlock: () => code.ok,
    xCheckReservedLock: (_pointer: Pointer, out: Pointer) => {
      heap().setInt32(out, 0, true);
      return code.ok;
    },
    xFileControl: () => code.notFound,
    xSectorSize: () => 4096,
    xDeviceCharacteristics: (pointer: Pointer) => of(pointer).place.characteristics,
  };

  const vfsMethods = {
    xOpen: (_vfs: Pointer, name: Pointer, pointer: Pointer, flags: number, outFlags: Pointer) =>
      guarded(code.cantOpen, () => {
        if (name === 0) {
          const file = options.openTemporary?.() ?? inMemory();
          files.set(pointer, { file, place: nowhere, path: undefined, flags });
        } else {
          const path = text(name);
          const place = placeOf(path);
          const file = place.open(path, { create: (flags & openFlag.create) !== 0 });
          files.set(pointer, { file, place, path, flags });
        }
        const struct = new capi.sqlite3_file(pointer);
        struct.$pMethods = io.pointer;
        struct.dispose();
        if (outFlags !== 0) heap().setInt32(outFlags, flags, true);
        return code.ok;
      }),
    xDelete: (_vfs: Pointer, name: Pointer) =>
      guarded(code.ioDelete, () => {
        const path = text(name);
        const place = placeOf(path);
        if (!place.exists(path)) return code.ioDeleteNoEntry;
        place.remove(path);
        return code.ok;
      }),
    xAccess: (_vfs: Pointer, name: Pointer, _flags: number, out: Pointer) =>
      guarded(code.ioRead, () => {
        const path = text(name);
        heap().setInt32(out, placeOf(path).exists(path) ? 1 : 0, true);
        return code.ok;
      }),
    xFullPathname: (_vfs: Pointer, name: Pointer, length: number, out: Pointer) =>
      guarded(code.cantOpen, () => {
        const path = new TextEncoder().encode(`${join(options.workingDirectory(), text(name))}\0`);
        if (path.length > length) return code.cantOpen;
        bytes(out, path.length).set(path);
        return code.ok;
      }),
    xGetLastError: () => code.ok,
    xCurrentTimeInt64: (_vfs: Pointer, out: Pointer) => {
      // Milliseconds since noon in Greenwich on 24 November 4714 B.C.
      heap().setBigInt64(out, BigInt(Math.floor(options.now())) + 210_866_760_000_000n, true);
      return code.ok;
    },
  };
  sqlite.vfs.installVfs({ io: { struct: io, methods: ioMethods }, vfs: { struct: vfs, methods: vfsMethods } });
}
