/**
 * Everything an engine can be asked for: each operation once, with what it takes and what it answers. Requests and replies
 * are derived from this map, and so is every table that must know all operations (answers, roles over HTTP, schemas).
 * @module
 */
import type {
  CallResult,
  Capabilities,
  DatabaseInfo,
  FileStat,
  HelpPage,
  HelpTree,
  InvocationContext,
  Json,
  JsonObject,
  ModuleRunOptions,
  ShellResult,
  SkillApplyResult,
  SkillRoot,
  SkillUninstallResult,
  SqlResult,
  SqlTable,
  SqlValue,
  StandingGrant,
  StorageReport,
  VectorPage,
  VectorRowsOptions,
  VectorSearch,
  VectorTable,
} from "../contract/contract.ts";

interface RunOptions {
  readonly context?: InvocationContext;
  /** Milliseconds; 0 or Infinity: no limit but that of the skill's grants. Default limits.callTimeoutMs. */
  readonly timeoutMs?: number;
  readonly modules?: ModuleRunOptions;
}

interface Placed {
  readonly targetRoot?: SkillRoot;
  readonly authority?: string;
}

/** `rootName` where the id alone would not say which. */
export interface DatabaseName {
  readonly skillId: string;
  readonly rootName?: string;
}

/** `InstallSource` as it is sent: bytes as such, an address as text. */
export type PackageSource =
  | { readonly zip: Uint8Array; readonly skillId?: string; readonly sha256?: string }
  | { readonly url: string; readonly skillId?: string; readonly sha256?: string }
  | { readonly request: JsonObject };

interface SkillConfigKey {
  readonly skillId: string;
  readonly key: string;
}

interface FilePath {
  readonly path: string;
}

/** Operation → what it takes, what it answers. */
export interface Ops {
  call: [{ readonly name: string; readonly args: JsonObject } & RunOptions, CallResult];
  runLua: [{ readonly code: string; readonly args: Json } & RunOptions, Json];
  luaexec: [{ readonly request: JsonObject }, string];
  help: [
    { readonly skillId?: string; readonly flow?: string; readonly timeoutMs?: number },
    HelpTree[] | HelpPage | null,
  ];
  json: [{ readonly method: string; readonly params: JsonObject }, JsonObject];
  flush: [object, undefined];
  shell: [
    {
      readonly command: string;
      readonly cwd?: string;
      readonly env?: Readonly<Record<string, string>>;
      readonly stdin?: Uint8Array;
      /** Milliseconds; 0: no limit. Default limits.callTimeoutMs. */
      readonly timeoutMs?: number;
    },
    ShellResult,
  ];
  "skills.install": [{ readonly source: PackageSource; readonly replace?: boolean } & Placed, SkillApplyResult];
  "skills.pack": [{ readonly skillId: string }, Uint8Array];
  "skills.update": [{ readonly source: PackageSource } & Placed, SkillApplyResult];
  "skills.uninstall": [
    { readonly skillId: string; readonly removeSqlite?: boolean; readonly removeLancedb?: boolean } & Placed,
    SkillUninstallResult,
  ];
  "skills.enable": [{ readonly skillId: string }, undefined];
  "skills.disable": [{ readonly skillId: string; readonly reason?: string }, undefined];
  "skills.reload": [{ readonly roots?: readonly SkillRoot[] }, undefined];
  "config.get": [SkillConfigKey, string | null];
  "config.set": [SkillConfigKey & { readonly value: string }, undefined];
  "config.delete": [SkillConfigKey, boolean];
  "config.list": [{ readonly skillId?: string }, Array<{ skill_id: string; key: string; value: string }>];
  "grants.list": [{ readonly skill?: string | null }, StandingGrant[]];
  "grants.revoke": [{ readonly skill: string | null; readonly action?: string; readonly resource?: string }, boolean];
  "databases.list": [object, DatabaseInfo[]];
  "sqlite.tables": [DatabaseName, SqlTable[]];
  "sqlite.query": [
    DatabaseName & {
      readonly sql: string;
      readonly params?: ReadonlyArray<SqlValue | boolean>;
      readonly maxRows?: number;
    },
    SqlResult,
  ];
  "sqlite.export": [DatabaseName, Uint8Array];
  "sqlite.import": [DatabaseName & { readonly bytes: Uint8Array }, undefined];
  "lancedb.tables": [DatabaseName, VectorTable[]];
  "lancedb.rows": [DatabaseName & { readonly table: string; readonly options?: VectorRowsOptions }, VectorPage];
  "lancedb.search": [DatabaseName & { readonly search: VectorSearch }, VectorPage];
  "lancedb.export": [DatabaseName, Uint8Array];
  "lancedb.import": [DatabaseName & { readonly bytes: Uint8Array }, undefined];
  "fs.read": [FilePath, Uint8Array];
  "fs.stat": [FilePath, FileStat | undefined];
  "fs.list": [FilePath, string[]];
  "fs.mkdir": [FilePath, undefined];
  "fs.write": [FilePath & { readonly content: Uint8Array }, undefined];
  "fs.remove": [FilePath & { readonly recursive?: boolean }, boolean];
  "fs.rename": [{ readonly from: string; readonly to: string }, undefined];
  "fs.importZip": [FilePath & { readonly zip: Uint8Array }, { files: number }];
  "fs.exportZip": [FilePath, Uint8Array];
  "storage.begin": [{ readonly job: StorageJob }, number];
  /** `bytes`: the next piece of what is restored; absent at its end. */
  "storage.step": [{ readonly id: number; readonly bytes?: Uint8Array }, StorageStep];
  /** Gives a job up; one that is finished, too. */
  "storage.end": [{ readonly id: number }, undefined];
}

/** Long work on the store, done in steps that the page asks for: each may report, carry bytes, or be the last. */
export type StorageJob =
  | { readonly what: "check" }
  | { readonly what: "backup"; readonly salvage?: boolean }
  | { readonly what: "restore" }
  | { readonly what: "move"; readonly to: "opfs" | "indexeddb" };

export interface StorageStep {
  readonly done: number;
  readonly total: number;
  /** A piece of what the job makes. */
  readonly bytes?: Uint8Array;
  readonly finished: boolean;
  /** Of a finished check. */
  readonly report?: StorageReport;
  /** Of a finished move: what the runtime's storage is now. */
  readonly storage?: Capabilities["storage"];
}

export type Op = keyof Ops;

/** One request: the operation's name in `op`, beside what it takes. */
export type EngineRequest = { [O in Op]: { readonly op: O } & Ops[O][0] }[Op];

/** What each request resolves to. */
export type EngineReplies = { [O in Op]: Ops[O][1] };
