/**
 * The system's SQLite, called through koffi with the functions the embedded one has.
 * @module
 */
import { createRequire } from "node:module";
import { messageOf } from "../../../../base/message-of.ts";
import { LuaSkillsError } from "../../../../errors.ts";
import type { Pointer, SqliteExports, SqliteFunctions } from "../../../../sqlite/wasm/sqlite-api.ts";

/** The part of koffi used here. Addresses are numbers: those of a process have 48 bits. */
export interface Koffi {
  load(file: string): { func(name: string, result: string, parameters: readonly string[]): NativeFunction };
  proto(declaration: string): unknown;
  pointer(type: unknown): unknown;
  register(work: NativeFunction, type: unknown): bigint;
  call(address: bigint, type: unknown, ...args: readonly number[]): number;
  decode(address: bigint, type: string, length: number): string;
  view(address: bigint, length: number): ArrayBuffer;
}
type NativeFunction = (...args: never[]) => unknown;

/** As the systems name it. */
const files: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ["libsqlite3.dylib", "/usr/lib/libsqlite3.dylib"],
  win32: ["sqlite3.dll", "winsqlite3.dll"],
};

/** Result, then parameters: `p` address, `i` int, `l` 64-bit integer, `d` double, `v` nothing. */
const signatures: Readonly<Record<Exclude<keyof SqliteExports, "work_handler" | NotOfC>, string>> = {
  sqlite3_open_v2: "ippip",
  sqlite3_close_v2: "ip",
  sqlite3_extended_errcode: "ip",
  sqlite3_errmsg: "pp",
  sqlite3_error_offset: "ip",
  sqlite3_prepare_v3: "ippiipp",
  sqlite3_step: "ip",
  sqlite3_reset: "ip",
  sqlite3_clear_bindings: "ip",
  sqlite3_finalize: "ip",
  sqlite3_stmt_readonly: "ip",
  sqlite3_stmt_status: "ipii",
  sqlite3_bind_parameter_count: "ip",
  sqlite3_bind_null: "ipi",
  sqlite3_bind_double: "ipid",
  sqlite3_bind_int: "ipii",
  sqlite3_bind_int64: "ipil",
  sqlite3_bind_text: "ipipip",
  sqlite3_bind_blob: "ipipip",
  sqlite3_bind_pointer: "ipippp",
  sqlite3_column_count: "ip",
  sqlite3_column_name: "ppi",
  sqlite3_column_decltype: "ppi",
  sqlite3_column_type: "ipi",
  sqlite3_column_double: "dpi",
  sqlite3_column_int64: "lpi",
  sqlite3_column_text: "ppi",
  sqlite3_column_blob: "ppi",
  sqlite3_column_bytes: "ipi",
  sqlite3_get_autocommit: "ip",
  sqlite3_changes: "ip",
  sqlite3_total_changes: "ip",
  sqlite3_last_insert_rowid: "lp",
  sqlite3_set_last_insert_rowid: "vpl",
  sqlite3_db_name: "ppi",
  sqlite3_busy_timeout: "ipi",
  sqlite3_set_authorizer: "ippp",
  sqlite3_limit: "ipii",
  sqlite3_progress_handler: "vpipp",
};
type NotOfC = "malloc" | "free" | "sqlite3__wasm_db_config_ip";

const types: Readonly<Record<string, string>> = { p: "intptr_t", i: "int", l: "int64_t", d: "double", v: "void" };
const typeOf = (letter: string) => types[letter] ?? "int";

export interface SqliteLibrary {
  readonly koffi: Koffi;
  readonly functions: SqliteFunctions;
  readonly version: string;
}

/** @param file a library the user named. @throws LuaSkillsError `capability_unavailable` */
export function sqliteLibrary(koffiFile: string, file: string | undefined): SqliteLibrary {
  const koffi = createRequire(koffiFile)(koffiFile) as Koffi;
  const library = loaded(koffi, file === undefined ? (files[process.platform] ?? ["libsqlite3.so.0"]) : [file]);
  const c = (name: string, [result = "v", ...parameters]: string) =>
    library.func(name, typeOf(result), parameters.map(typeOf)) as (...args: unknown[]) => never;
  const version = koffi.decode(BigInt(c("sqlite3_libversion", "p")()), "char", -1);
  const configure = library.func("sqlite3_db_config", "int", ["intptr_t", "int", "..."]) as (
    ...args: unknown[]
  ) => number;
  const toBigint =
    (work: (...args: unknown[]) => number | bigint) =>
    (...args: unknown[]) =>
      BigInt(work(...args));
  const exports = {
    ...Object.fromEntries(
      Object.entries(signatures).map(([name, signature]) => {
        const work = c(name, signature);
        return [name, signature.startsWith("l") ? toBigint(work) : work];
      }),
    ),
    malloc: library.func("sqlite3_malloc64", "intptr_t", ["uint64_t"]),
    free: c("sqlite3_free", "vp"),
    sqlite3__wasm_db_config_ip: (db: Pointer, option: number, value: number) =>
      configure(db, option, "int", value, "intptr_t", 0),
  } as unknown as SqliteExports;
  const prototypes = new Map<string, unknown>();
  const prototype = (signature: string) => {
    let known = prototypes.get(signature);
    if (known === undefined) {
      const [result = "v", ...parameters] = signature.replace(/[()]/g, "");
      const name = `callback_${signature.replace(/\W/g, "_")}`;
      known = koffi.proto(`${typeOf(result)} ${name}(${parameters.map(typeOf).join(", ")})`);
      prototypes.set(signature, known);
    }
    return known;
  };
  const functions: SqliteFunctions = {
    exports,
    allocCString(text) {
      const bytes = Buffer.from(`${text}\0`);
      const address = exports.malloc(bytes.length);
      new Uint8Array(koffi.view(BigInt(address), bytes.length)).set(bytes);
      return address;
    },
    functionEntry:
      (address, signature) =>
      (...args: number[]) =>
        koffi.call(BigInt(address), prototype(signature), ...args),
    installFunction: (signature, work) =>
      Number(koffi.register(work as NativeFunction, koffi.pointer(prototype(signature)))),
  };
  return { koffi, functions, version };
}

function loaded(koffi: Koffi, names: readonly string[]): ReturnType<Koffi["load"]> {
  const failures: string[] = [];
  for (const name of names) {
    try {
      return koffi.load(name);
    } catch (error) {
      failures.push(messageOf(error));
    }
  }
  throw new LuaSkillsError(
    "capability_unavailable",
    `the bridge finds no SQLite on this system (${failures.join("; ")}); install it (Debian: libsqlite3-0), or name its file: --library sqlite3=FILE`,
  );
}
