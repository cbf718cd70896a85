/**
 * Both database kinds of one engine (databases.md §4).
 * @module
 */
import type { HostCallbacks, LogEvent, SkillRoot, SqliteOptions } from "../../contract/contract.ts";
import { DatabaseHost } from "../../databases/host.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Clock } from "../../lua/interface.ts";
import type { HostOptions } from "../../skills/options/host-options.ts";
import { databaseDirOf } from "../../skills/registry/roots.ts";
import type { LoadedSkill } from "../../skills/types.ts";
import type { EmbeddedSqlite, EmbeddedSqliteOptions } from "../../sqlite/embedded-sqlite.ts";
import type { OutsideFiles } from "../../sqlite/files/file-storage.ts";
import type { EmbeddedLancedb } from "../../vectors/embedded-lancedb.ts";
import type { Vfs } from "../../vfs/interface.ts";
import type { EnginePlatform } from "../interface.ts";
import type { SqlPolicy } from "../policy/sql-policy.ts";

export interface EngineDatabasesOptions {
  readonly hostOptions: HostOptions;
  readonly callbacks: HostCallbacks;
  readonly clock: Clock;
  readonly vfs: Vfs;
  readonly sqlite: Omit<EmbeddedSqliteOptions, "vfs" | "files"> & { readonly files: OutsideFiles | undefined };
  sqlPolicy(): Promise<SqlPolicy>;
  /** The compiled kernel, where bytes may not be compiled at run time. */
  readonly vectorsWasm?: WebAssembly.Module | undefined;
  log(event: LogEvent): void;
}

export class EngineDatabases {
  readonly sqlite: DatabaseHost;
  readonly lancedb: DatabaseHost;
  #embeddedSqlite: Promise<EmbeddedSqlite> | undefined;
  #embeddedLancedb: EmbeddedLancedb | undefined;

  constructor(private readonly options: EngineDatabasesOptions) {
    const { hostOptions, callbacks, clock } = options;
    const shared = { callbacks, clock, log: options.log };
    this.lancedb = new DatabaseHost({
      ...shared,
      kind: "lancedb",
      mode: hostOptions.lancedbProviderMode,
      callbackMode: hostOptions.lancedbCallbackMode,
      embedded: () => this.embeddedLancedb(),
    });
    this.sqlite = new DatabaseHost({
      ...shared,
      kind: "sqlite",
      mode: hostOptions.sqliteProviderMode,
      callbackMode: hostOptions.sqliteCallbackMode,
      embedded: () => this.embeddedSqlite(),
    });
  }

  /** Where SQLite's files are when they are not in the tree. */
  get outside(): OutsideFiles | undefined {
    return this.options.sqlite.files;
  }

  /** SQLite itself comes with the first database that is made, used or looked at. */
  async embeddedSqlite(): Promise<EmbeddedSqlite> {
    const { vfs, sqlite, sqlPolicy } = this.options;
    this.#embeddedSqlite ??= Promise.all([import("../../sqlite/embedded-sqlite.ts"), sqlPolicy()]).then(
      ([{ embeddedSqlite }, policy]) => embeddedSqlite({ vfs, ...sqlite, ...policy }),
    );
    try {
      return await this.#embeddedSqlite;
    } catch (error) {
      // The next one tries again.
      this.#embeddedSqlite = undefined;
      throw error;
    }
  }

  async embeddedLancedb(): Promise<EmbeddedLancedb> {
    const { embeddedLancedb } = await import("../../vectors/embedded-lancedb.ts");
    this.#embeddedLancedb ??= embeddedLancedb({ vfs: this.options.vfs, kernel: this.options.vectorsWasm });
    return this.#embeddedLancedb;
  }

  /** Binds what a skill enables while it loads, LanceDB first. @throws Error: the skill is skipped */
  async bind(skill: LoadedSkill): Promise<void> {
    const spaceRoot = databaseDirOf(skill.root, this.options.hostOptions);
    await this.lancedb.bind(skill, spaceRoot);
    await this.sqlite.bind(skill, spaceRoot);
  }

  /** The load is through: these skills keep their bindings. */
  adopt(skills: readonly LoadedSkill[], kind: "load" | "reload"): void {
    for (const host of [this.lancedb, this.sqlite]) host.adopt(new Set(skills.map((skill) => skill.skillId)), kind);
  }

  memoryBytes(): number {
    return this.sqlite.memoryBytes() + this.lancedb.memoryBytes();
  }

  /** The load failed: the bindings are those of before. */
  discard(): void {
    for (const host of [this.lancedb, this.sqlite]) host.discard();
  }

  /** Before the directory of a database goes: nothing may keep it open. Answers whether there was one outside the tree. */
  async drop(kind: "sqlite" | "lancedb", skillId: string, root: SkillRoot): Promise<boolean> {
    this[kind].close();
    const { hostOptions, sqlite } = this.options;
    if (kind !== "sqlite" || sqlite.files === undefined) return false;
    return sqlite.files.drop(`${databaseDirOf(root, hostOptions)}/sqlite/${skillId}`);
  }

  /** Lets go of every open database; bindings stay. */
  close(): void {
    for (const host of [this.lancedb, this.sqlite]) host.close();
  }
}

/** @throws LuaSkillsError `invalid_argument` | `storage_unavailable`: there is no silent fall back to the tree */
export function databaseFiles(platform: EnginePlatform, { storage = "vfs" }: SqliteOptions = {}) {
  if (storage !== "vfs" && storage !== "opfs") {
    throw new LuaSkillsError(
      "invalid_argument",
      `sqlite.storage must be "vfs" or "opfs", got ${JSON.stringify(storage)}`,
    );
  }
  if (storage === "opfs" && platform.databaseFiles === undefined) {
    throw new LuaSkillsError(
      "storage_unavailable",
      `sqlite: { storage: "opfs" } needs a page's worker with synchronous OPFS files, and this engine runs in ${platform.environment}; ` +
        'leave the option out to keep databases in the tree ("vfs")',
    );
  }
  return storage === "opfs" ? platform.databaseFiles : undefined;
}
