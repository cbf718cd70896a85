/**
 * Loading sqlite-wasm. Nothing here runs before a loaded skill enables SQLite.
 * @module
 */

import { loadWasm, type WasmSource, wasmUnavailable } from "../../base/wasm/wasm-file.ts";
import type { SqliteModule } from "./sqlite-api.ts";
import { withTrampolines } from "./trampolines.ts";

const fileName = "sqlite3.wasm";
const smallMemoryBytes = 2 * 2 ** 20;

export interface BootOptions {
  /** Left out: beside the package's own code (Node, Deno). */
  readonly wasm?: WasmSource;
  /** Ready-made functions for runtimes that refuse to compile at run time (workerd). */
  readonly trampolines?: WebAssembly.Module;
}

/** The package refuses to be told at load time; it reads this global while it starts. */
interface SqliteConfigGlobal {
  sqlite3ApiConfig?: unknown;
}

type Initialise = (options: Record<string, unknown>) => Promise<unknown>;

/** A fresh instance: one engine's databases share no memory with another's. @throws LuaSkillsError `wasm_unavailable` */
export async function bootSqlite(options: BootOptions = {}): Promise<SqliteModule> {
  const { default: initialise } = (await import("@sqlite.org/sqlite-wasm")) as unknown as { default: Initialise };
  const settings: Record<string, unknown> = { print: () => {}, printErr: () => {} };
  const { wasm } = options;
  if (wasm !== undefined) {
    const module = await loadWasm(wasm, fileName);
    // The shipped module may start small (scripts/build/sqlite-memory.ts); any other asks for what its maker chose.
    const small = WebAssembly.Module.customSections(module, "luaskills-small-memory").length > 0;
    if (small) settings.INITIAL_MEMORY = smallMemoryBytes;
    settings.instantiateWasm = (imports: WebAssembly.Imports, done: (i: WebAssembly.Instance) => void) => {
      done(new WebAssembly.Instance(module, imports));
      return {};
    };
  }
  const scope = globalThis as SqliteConfigGlobal;
  const before = scope.sqlite3ApiConfig;
  const silent = (): void => {};
  scope.sqlite3ApiConfig = {
    log: silent,
    warn: silent,
    error: silent,
    debug: silent,
    // The stock browser back ends: one of them starts a worker of its own and can hold up the start for seconds.
    disable: { vfs: { kvvfs: true, opfs: true, "opfs-vfs": true, "opfs-wl": true, "opfs-sahpool": true } },
  };
  try {
    return (await withTrampolines(options.trampolines, () => initialise(settings))) as SqliteModule;
  } catch (error) {
    const from = typeof wasm === "string" || wasm instanceof URL ? String(wasm) : "as given";
    throw wasmUnavailable(fileName, from, `does not start: ${error instanceof Error ? error.message : error}`, error);
  } finally {
    scope.sqlite3ApiConfig = before;
  }
}
