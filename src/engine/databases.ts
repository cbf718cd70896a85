/**
 * Both database kinds of one engine (databases.md §4).
 * @module
 */
import type { HostCallbacks, LogEvent, SkillRoot } from "../contract.ts";
import { DatabaseHost } from "../host/database-host.ts";
import type { Clock } from "../lua/interface.ts";
import type { HostOptions } from "../skills/host-options.ts";
import { databaseDirOf } from "../skills/roots.ts";
import type { LoadedSkill } from "../skills/types.ts";
import type { EmbeddedSqliteOptions } from "../sqlite/embedded.ts";
import type { Vfs } from "../vfs/interface.ts";

export interface EngineDatabasesOptions {
  readonly hostOptions: HostOptions;
  readonly callbacks: HostCallbacks;
  readonly clock: Clock;
  readonly vfs: Vfs;
  readonly sqlite: Omit<EmbeddedSqliteOptions, "vfs">;
  /** The compiled kernel, where bytes may not be compiled at run time. */
  readonly vectorsWasm?: WebAssembly.Module | undefined;
  log(event: LogEvent): void;
}

export class EngineDatabases {
  readonly sqlite: DatabaseHost;
  readonly lancedb: DatabaseHost;

  constructor(private readonly options: EngineDatabasesOptions) {
    const { hostOptions, callbacks, clock, vfs } = options;
    const shared = { callbacks, clock, log: options.log };
    this.lancedb = new DatabaseHost({
      ...shared,
      kind: "lancedb",
      mode: hostOptions.lancedbProviderMode,
      callbackMode: hostOptions.lancedbCallbackMode,
      embedded: async () =>
        (await import("../vectors/embedded.ts")).embeddedLancedb({ vfs, kernel: options.vectorsWasm }),
    });
    this.sqlite = new DatabaseHost({
      ...shared,
      kind: "sqlite",
      mode: hostOptions.sqliteProviderMode,
      callbackMode: hostOptions.sqliteCallbackMode,
      embedded: async () => (await import("../sqlite/embedded.ts")).embeddedSqlite({ vfs, ...options.sqlite }),
    });
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

  /** Before the directory of a database goes: nothing may keep it open. */
  drop(kind: "sqlite" | "lancedb", _skillId: string, _root: SkillRoot): void {
    this[kind].close();
  }

  inTransaction(): boolean {
    return this.sqlite.inTransaction() || this.lancedb.inTransaction();
  }

  /** Lets go of every open database; bindings stay. */
  close(): void {
    for (const host of [this.lancedb, this.sqlite]) host.close();
  }
}
