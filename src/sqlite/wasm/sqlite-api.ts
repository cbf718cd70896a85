/**
 * The part of sqlite-wasm the room uses: raw C exports, because the object API costs more than SQLite itself on the hot
 * paths, and a few helpers of its `wasm` namespace.
 * @module
 */

/** An address in SQLite's memory. */
export type Pointer = number;

/** https://sqlite.org/c3ref/funclist.html. Pointers and C ints are numbers, sqlite3_int64 is a bigint. */
export interface SqliteExports {
  malloc(bytes: number): Pointer;
  free(pointer: Pointer): void;
  sqlite3_open_v2(name: Pointer, out: Pointer, flags: number, vfs: Pointer): number;
  sqlite3_close_v2(db: Pointer): number;
  sqlite3_extended_errcode(db: Pointer): number;
  sqlite3_errmsg(db: Pointer): Pointer;
  sqlite3_error_offset(db: Pointer): number;
  sqlite3_prepare_v3(db: Pointer, sql: Pointer, bytes: number, flags: number, out: Pointer, tail: Pointer): number;
  sqlite3_step(statement: Pointer): number;
  sqlite3_reset(statement: Pointer): number;
  sqlite3_clear_bindings(statement: Pointer): number;
  sqlite3_finalize(statement: Pointer): number;
  sqlite3_stmt_readonly(statement: Pointer): number;
  sqlite3_stmt_status(statement: Pointer, op: number, reset: number): number;
  sqlite3_bind_parameter_count(statement: Pointer): number;
  sqlite3_bind_null(statement: Pointer, index: number): number;
  sqlite3_bind_double(statement: Pointer, index: number, value: number): number;
  sqlite3_bind_int(statement: Pointer, index: number, value: number): number;
  sqlite3_bind_int64(statement: Pointer, index: number, value: bigint): number;
  sqlite3_bind_text(statement: Pointer, index: number, text: Pointer, bytes: number, destructor: Pointer): number;
  sqlite3_bind_blob(statement: Pointer, index: number, blob: Pointer, bytes: number, destructor: Pointer): number;
  sqlite3_bind_pointer(statement: Pointer, index: number, value: Pointer, type: Pointer, destructor: Pointer): number;
  sqlite3_column_count(statement: Pointer): number;
  sqlite3_column_name(statement: Pointer, column: number): Pointer;
  sqlite3_column_decltype(statement: Pointer, column: number): Pointer;
  sqlite3_column_type(statement: Pointer, column: number): number;
  sqlite3_column_double(statement: Pointer, column: number): number;
  sqlite3_column_int64(statement: Pointer, column: number): bigint;
  sqlite3_column_text(statement: Pointer, column: number): Pointer;
  sqlite3_column_blob(statement: Pointer, column: number): Pointer;
  sqlite3_column_bytes(statement: Pointer, column: number): number;
  sqlite3_get_autocommit(db: Pointer): number;
  sqlite3_changes(db: Pointer): number;
  sqlite3_total_changes(db: Pointer): number;
  sqlite3_last_insert_rowid(db: Pointer): bigint;
  sqlite3_set_last_insert_rowid(db: Pointer, rowid: bigint): void;
  sqlite3_db_name(db: Pointer, index: number): Pointer;
  sqlite3_busy_timeout(db: Pointer, ms: number): number;
  sqlite3_set_authorizer(db: Pointer, handler: Pointer, context: Pointer): number;
  sqlite3_limit(db: Pointer, id: number, value: number): number;
  /** Table index of what is called when the loops have used up a slice; only in the shipped module. */
  readonly work_handler?: WebAssembly.Global<"i32">;
  sqlite3_progress_handler(db: Pointer, steps: number, handler: Pointer, context: Pointer): void;
  sqlite3__wasm_db_config_ip(db: Pointer, option: number, value: number, out: Pointer): number;
}

/** Reading and writing SQLite's memory. */
export interface SqliteMemory {
  readonly pointerBytes: number;
  /** Good until SQLite runs again. */
  view(address: Pointer, length: number): Uint8Array;
  pointerAt(address: Pointer): Pointer;
  putPointer(address: Pointer, value: Pointer): void;
  /** Undefined when the bytes are not UTF-8. */
  text(address: Pointer, length: number): string | undefined;
  /** Text up to the NUL; bytes that are not UTF-8 become U+FFFD. Empty for a null pointer. */
  cString(address: Pointer): string;
  /** Text as UTF-8 with a NUL behind it, in memory that the next such call takes again. */
  putText(text: string): { pointer: Pointer; length: number };
  putBytes(content: Uint8Array): Pointer;
}

/** SQLite's functions, and how C and JavaScript call each other. A signature is result and parameters: `i(pi)`, `v(p)`; `p` is an address. */
export interface SqliteFunctions {
  readonly exports: SqliteExports;
  allocCString(text: string): Pointer;
  functionEntry(address: Pointer, signature: string): (...args: number[]) => unknown;
  installFunction(signature: string, work: (...args: number[]) => number | undefined): Pointer;
}

/** A C struct of sqlite-wasm's Jaccwabyt, as far as a VFS needs it: members are `$name`. */
export interface CStruct {
  readonly pointer: Pointer;
  [member: `$${string}`]: unknown;
  dispose(): void;
}

export interface CStructType {
  new (pointer?: Pointer): CStruct;
  readonly structInfo: { readonly sizeof: number };
}

export interface SqliteModule {
  readonly version: { readonly libVersion: string };
  readonly capi: {
    readonly sqlite3_vfs: CStructType;
    readonly sqlite3_io_methods: CStructType;
    readonly sqlite3_file: CStructType;
    sqlite3_vfs_find(name: null): Pointer;
  };
  readonly vfs: {
    installVfs(parts: Record<"io" | "vfs", { struct: CStruct; methods: Record<string, VfsMethod> }>): unknown;
  };
  readonly wasm: SqliteFunctions & { readonly memory: WebAssembly.Memory };
}

/** Offsets come as bigint, everything else as number. */
export type VfsMethod = (...args: never[]) => number;

/** https://sqlite.org/rescode.html */
export const code = {
  ok: 0,
  error: 1,
  noMemory: 7,
  interrupt: 9,
  notFound: 12,
  full: 13,
  cantOpen: 14,
  tooBig: 18,
  row: 100,
  done: 101,
  ioRead: 266,
  ioShortRead: 522,
  ioWrite: 778,
  ioSync: 1034,
  ioTruncate: 1546,
  ioFstat: 1802,
  ioDelete: 2570,
  ioDeleteNoEntry: 5898,
} as const;

/** https://sqlite.org/c3ref/c_blob.html */
export const cellType = { integer: 1, float: 2, text: 3, blob: 4, null: 5 } as const;

export const openFlag = { readWrite: 2, create: 4, deleteOnClose: 8, noFollow: 0x100_0000 } as const;

/** SQLITE_TRANSIENT: SQLite copies what is bound. */
export const copyBound = -1;
