/**
 * The compiled wasm and how it becomes an instance. The derived lua.wasm is complete in itself; for the stock one see
 * link-stock.ts.
 * @module
 */
import type { Prelude } from "../interface.ts";
import type { CLibrary } from "./c-library.ts";
import type { HostImports } from "./host-imports.ts";
import type { BridgeExports, LuaExports } from "./wasm-exports.ts";

type Library = { env: CLibrary; wasi_snapshot_preview1: CLibrary };
type AllHostImports = HostImports & { host_job(L: number): number };

export interface LinkedModule {
  readonly metered: boolean;
  /** Makes up for what this one does not do by itself: the first prelude of every VM. */
  readonly prelude?: Prelude;
  /** A wasm instance for one VM, whose functions `host` are. */
  instantiate(library: Library, host: AllHostImports): { lua: LuaExports; bridge: BridgeExports };
}

/** The derived lua.wasm. */
export function linkDerived(module: WebAssembly.Module): LinkedModule {
  return {
    metered: true,
    instantiate(library, host) {
      const instance = new WebAssembly.Instance(module, importsOf({ ...library, env: { ...library.env, ...host } }));
      const exports = { ...instance.exports } as unknown as LuaExports & BridgeExports;
      return { lua: exports, bridge: exports };
    },
  };
}

export const importsOf = (imports: object): WebAssembly.Imports => imports as WebAssembly.Imports;
