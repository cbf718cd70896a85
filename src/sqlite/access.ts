/**
 * `vulcan.sqlite` as the host calls it: one object per engine, a database per skill.
 * @module
 */
import type { HostCallbacks, LogEvent } from "../contract.ts";
import type { DatabaseAccess } from "../host/services.ts";
import type { Vfs } from "../vfs/interface.ts";
import type { SqliteBinding } from "./binding.ts";
import { CallbackAccess } from "./callback-access.ts";
import { EmbeddedAccess } from "./embedded-access.ts";
import type { WasmSource } from "./wasm-source.ts";

export interface SqliteAccessOptions {
  readonly fs: Vfs;
  /** `sqlite_provider_mode` of the host options. Default `dynamic_library`, which is the embedded engine here. */
  readonly providerMode?: "dynamic_library" | "host_callback" | "space_controller";
  /** `sqlite_callback_mode`. Default `standard`. */
  readonly callbackMode?: "standard" | "json";
  /** Behind `host_callback`. */
  readonly provider?: HostCallbacks["sqliteProvider"];
  /** sqlite3.wasm; left out, the package finds its own (Node, Deno). */
  readonly wasm?: WasmSource;
  /** jieba-wasm's `jieba_rs_wasm_bg.wasm`; left out, mode `jieba` says that it is not available. Loaded when first asked for. */
  readonly jieba?: WasmSource | (() => WasmSource | Promise<WasmSource>);
  /** For runtimes that refuse to compile at run time (workerd). */
  readonly trampolines?: WebAssembly.Module;
  /** What relative names in ATTACH are relative to. Default `/`. */
  readonly workingDirectory?: () => string;
  /** Unix milliseconds. Default `Date.now`. */
  readonly now?: () => number;
  readonly log?: (event: LogEvent) => void;
  /** Bytes of one `query_json` answer. Default 256 MiB. */
  readonly maxResultBytes?: number;
  /** Bytes of one stream. Default 64 MiB. */
  readonly maxStreamBytes?: number;
  /** Milliseconds one call may take; 0 = no limit. Default 0. */
  readonly maxCallMs?: number;
  /** SQLite virtual machine steps one call may take, for runtimes whose clock stands still; 0 = no limit. Default 0. */
  readonly maxCallSteps?: number;
  /** KiB of page cache per open database. Default 16,384. */
  readonly cacheKib?: number;
  /** What `status().persistence` says. Default `memory`. */
  readonly persistence?: string;
}

export interface SqliteAccess extends DatabaseAccess {
  /**
   * Binds a skill that enables SQLite while it loads; a second binding of the same id keeps the first.
   * @throws Error `Failed to initialize SQLite skill host: …` | `Failed to register SQLite for skill …`
   */
  bind(binding: SqliteBinding): Promise<void>;
  /** Closes the database of a skill that is uninstalled; its files are the caller's to keep or remove. */
  release(skillId: string): void;
  /** Before a reload: closes every database and forgets every binding. */
  reset(): void;
  inTransaction(): boolean;
  /** The whole database as a file's bytes. @throws Error when the skill has none */
  exportDatabase(skillId: string): Uint8Array;
  /** Replaces the whole database. @throws Error when these are not the bytes of one */
  importDatabase(skillId: string, content: Uint8Array): void;
}

export function createSqliteAccess(options: SqliteAccessOptions): SqliteAccess {
  const mode = options.providerMode ?? "dynamic_library";
  if (mode === "dynamic_library") return new EmbeddedAccess(options);
  return new CallbackAccess(options, mode);
}

export type { SqliteBinding };
