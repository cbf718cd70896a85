/**
 * What an environment (Node, a page's worker, Deno, workerd) lends to the case executor.
 * @module
 */
import type { EngineOptions } from "../../src/contract/contract.ts";
import type { Engine, EnginePlatform } from "../../src/engine/interface.ts";
import type { LuaEngineModule } from "../../src/lua/interface.ts";
import type { OutsideFiles } from "../../src/sqlite/files/file-storage.ts";
import type { VfsBackend } from "../../src/vfs/interface.ts";
import type { HostStubs } from "./case-format.ts";

export interface ConformancePlatform {
  readonly environment: EnginePlatform["environment"];
  /** Capability labels this environment has, of those cases may require. */
  readonly capabilities: ReadonlySet<string>;
  readonly lua: LuaEngineModule;
  readonly sqliteWasm?: EnginePlatform["sqliteWasm"];
  readonly jiebaWasm?: EnginePlatform["jiebaWasm"];
  readonly sqliteTrampolines?: EnginePlatform["sqliteTrampolines"];
  /** With `--storage opfs`: the store of a case, which survives its restarts. Default: in memory. */
  openBackend?(name: string): Promise<VfsBackend>;
  /** With `sqlite.storage: "opfs"`: the databases of a store. */
  openDatabaseFiles?(name: string): Promise<OutsideFiles>;
  /** What programs of cases run with. */
  readonly process?: NonNullable<EngineOptions["process"]>;
  readonly processes?: EnginePlatform["processes"];
  readonly vectorsWasm?: EnginePlatform["vectorsWasm"];
  /** The engine under test. `stubs` carries what has no place in the platform yet (genx, modules). */
  createEngine(platform: EnginePlatform, options: EngineOptions, stubs: HostStubs): Promise<Engine>;
}
