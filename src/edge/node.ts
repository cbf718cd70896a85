/**
 * The engine inline in Node: the same runtime as in a page, on a real directory or in memory.
 * @module
 */
import { existsSync } from "node:fs";
import { type SupervisedRuntime, superviseRuntime } from "../client/create-runtime.ts";
import { InlineLink } from "../client/inline-transport.ts";
import type { Runtime, RuntimeOptions, StorageOptions } from "../contract.ts";
import { createInlineEndpoint } from "../engine/inline.ts";
import { LuaSkillsError } from "../errors.ts";
import { resolveLimits } from "../limits.ts";
import { bootLua } from "../lua/boot.ts";
import type { EngineEndpoint } from "../protocol.ts";
import { openDirectoryStore } from "../vfs/backends/directory-store.ts";
import type { VfsStore } from "../vfs/interface.ts";
import { openStore } from "../vfs/open-store.ts";
import { assemblePlatform } from "./assemble.ts";

export interface NodeRuntimeOptions extends Omit<RuntimeOptions, "worker" | "workerUrl" | "warmSpare"> {
  /** With a directory storage: read from it, keep every write in memory. Default false. */
  readonly overlay?: boolean;
}

/**
 * Starts an engine in this thread. Default storage: memory.
 *
 * @example
 * const runtime = await createNodeRuntime({ storage: { kind: "directory", path: "./luaskills" } });
 *
 * @throws LuaSkillsError `storage_unavailable` | `storage_in_use` | `wasm_unavailable` | `invalid_argument` (an option, by name)
 */
export async function createNodeRuntime(options: NodeRuntimeOptions = {}): Promise<Runtime> {
  return (await superviseNodeRuntime(options)).runtime;
}

/** As `createNodeRuntime`, for hosts that serve the runtime to others (edge/http). */
export function superviseNodeRuntime({
  overlay = false,
  ...options
}: NodeRuntimeOptions = {}): Promise<SupervisedRuntime> {
  const { wasm = {}, storage = { kind: "memory" } } = options;
  const endpoint = (): EngineEndpoint =>
    createInlineEndpoint((start, wiring) => {
      const lua = bootLua({ wasm: wasm.lua ?? wasmBeside("lua.wasm"), waiting: start.options.waiting });
      const store = openNodeStore(storage, overlay, start.options);
      const sqliteWasm = wasm.sqlite ?? wasmBeside("sqlite3.wasm");
      return assemblePlatform({ environment: "node", lua, store, sqliteWasm }, wiring);
    });
  return superviseRuntime({ ...options, storage }, {}, () => new InlineLink(endpoint()));
}

async function openNodeStore(
  storage: StorageOptions,
  overlay: boolean,
  { runtimeRoot, limits }: Pick<RuntimeOptions, "runtimeRoot" | "limits">,
): Promise<VfsStore> {
  const resolved = resolveLimits(limits);
  if (storage.kind === "directory") {
    return openDirectoryStore(storage.path, { runtimeRoot, overlay, limits: resolved });
  }
  if (storage.kind === "indexeddb") {
    throw new LuaSkillsError(
      "storage_unavailable",
      'Node has no IndexedDB; use storage: { kind: "directory", path } or { kind: "memory" }',
    );
  }
  return openStore(storage, { limits: resolved, runtimeRoot });
}

/** In the package the files lie beside this one; in the repository they are in dist/. */
function wasmBeside(file: string): URL {
  const here = import.meta.url;
  const beside = new URL(file, here);
  return existsSync(beside) ? beside : new URL(`../../dist/${file}`, here);
}
