/**
 * Loading sqlite-wasm. Nothing here runs before a loaded skill enables SQLite.
 * @module
 */
import { LuaSkillsError } from "../errors.ts";
import type { SqliteModule } from "./sqlite-api.ts";
import { withTrampolines } from "./trampolines.ts";

/** Where sqlite3.wasm is. */
export type WasmSource = string | URL | BufferSource | WebAssembly.Module;

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
  if (wasm !== undefined && isFileAddress(wasm)) settings.locateFile = () => String(wasm);
  else if (wasm !== undefined) {
    const module = await compile(wasm);
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
    throw unavailable(error);
  } finally {
    scope.sqlite3ApiConfig = before;
  }
}

/** `fetch` does not read files in Node; there the package reads them itself. */
function isFileAddress(wasm: WasmSource): boolean {
  return (typeof wasm === "string" || wasm instanceof URL) && String(wasm).startsWith("file:");
}

async function compile(wasm: WasmSource): Promise<WebAssembly.Module> {
  if (wasm instanceof WebAssembly.Module) return wasm;
  let bytes: BufferSource;
  if (typeof wasm === "string" || wasm instanceof URL) {
    const response = await fetch(wasm).catch((error: unknown) => {
      throw unavailable(error, wasm);
    });
    if (!response.ok) throw unavailable(`HTTP status ${response.status}`, wasm);
    bytes = await response.arrayBuffer();
  } else bytes = wasm;
  const view = ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
  if (view[0] !== 0 || view[1] !== 0x61 || view[2] !== 0x73 || view[3] !== 0x6d) {
    const start = new TextDecoder().decode(view.subarray(0, 40));
    throw unavailable(`it is not WebAssembly; it begins with ${JSON.stringify(start)}`, wasm);
  }
  return WebAssembly.compile(bytes);
}

function unavailable(error: unknown, wasm?: WasmSource): LuaSkillsError {
  if (error instanceof LuaSkillsError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const where = typeof wasm === "string" || wasm instanceof URL ? ` from ${String(wasm)}` : "";
  return new LuaSkillsError(
    "wasm_unavailable",
    `sqlite3.wasm could not be loaded${where}: ${reason}. Serve the file that comes with the package, or pass wasm: { sqlite }.`,
    { cause: error },
  );
}
