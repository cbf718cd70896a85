import type { TokenizerRegistry } from "./fts/tokenizer-registry.ts";
import type { Authorizer } from "./statement/authorizer.ts";
import type { ProgressWatch } from "./statement/progress-watch.ts";
import type { SqliteFunctions, SqliteMemory } from "./wasm/sqlite-api.ts";

/** A SQLite that runs: the one in WebAssembly, or a system's own. */
export interface OpenSqlite {
  readonly version: string;
  readonly functions: SqliteFunctions;
  readonly heap: SqliteMemory;
  readonly tokenizers: TokenizerRegistry;
  readonly watch: ProgressWatch;
  readonly authorizer: Authorizer;
  /** The VFS databases are opened with; undefined: the system's own. */
  readonly vfs: string | undefined;
}

/** What a connection needs to know of its file. */
export interface ConnectionFile {
  /** What SQLite has to wait for when it commits. */
  readonly synchronous: "NORMAL" | "FULL";
  /** Where large sorts and temporary tables go. */
  readonly temporary: "MEMORY" | "FILE";
  /** Another text once somebody else has replaced or, where SQLite cannot see it, changed the content. */
  version(): string;
  /** It is in WAL mode, and cannot be used so. */
  isForeignWal(): boolean;
}
