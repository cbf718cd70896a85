/**
 * One running instance of sqlite-wasm with our VFS in it.
 * @module
 */
import { MemoryTree } from "../../vfs/memory-tree.ts";
import type { DatabaseFiles } from "../files/file-storage.ts";
import { type FileVfsOptions, installFileVfs, vfsName } from "../files/file-vfs.ts";
import { TokenizerRegistry } from "../fts/tokenizer-registry.ts";
import type { OpenSqlite } from "../open-sqlite.ts";
import { Authorizer, type SqlDecision } from "../statement/authorizer.ts";
import { ProgressWatch, type ProgressWatchOptions } from "../statement/progress-watch.ts";
import { type BootOptions, bootSqlite } from "./boot.ts";
import { Heap } from "./heap.ts";
import type { SqliteModule } from "./sqlite-api.ts";
import { withTrampolinesSync } from "./trampolines.ts";

/** Bytes of temporary files SQLite may make (large sorts spill there). */
const scratchBytes = 256 * 2 ** 20;

export interface AuthorizerOptions {
  readonly decideSql: SqlDecision;
}

export class SqliteInstance implements OpenSqlite {
  readonly vfs = vfsName;

  private constructor(
    readonly version: string,
    readonly functions: SqliteModule["wasm"],
    readonly heap: Heap,
    readonly tokenizers: TokenizerRegistry,
    readonly watch: ProgressWatch,
    readonly authorizer: Authorizer,
  ) {}

  /** @throws LuaSkillsError `wasm_unavailable` */
  static async boot(
    placeOf: (path: string) => DatabaseFiles,
    options: BootOptions & FileVfsOptions & ProgressWatchOptions & AuthorizerOptions,
  ): Promise<SqliteInstance> {
    const sqlite = await bootSqlite(options);
    const heap = new Heap(sqlite);
    return withTrampolinesSync(options.trampolines, () => {
      installFileVfs(sqlite, placeOf, new MemoryTree({ quotaBytes: scratchBytes }), options);
      const { wasm } = sqlite;
      return new SqliteInstance(
        sqlite.version.libVersion,
        wasm,
        heap,
        new TokenizerRegistry(wasm, heap),
        new ProgressWatch(wasm, options),
        new Authorizer(wasm, heap, options.decideSql),
      );
    });
  }
}
