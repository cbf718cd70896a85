/**
 * The engine inline in Node: the same runtime as in a page, on a real directory or in memory.
 * @module
 */
import { existsSync } from "node:fs";
import { type SupervisedRuntime, superviseRuntime } from "../../client/supervise.ts";
import type { Runtime, RuntimeOptions, StorageOptions } from "../../contract/contract.ts";
import { createInlineEndpoint } from "../../engine/endpoint.ts";
import { rehearse } from "../../engine/rehearsal.ts";
import { LuaSkillsError } from "../../errors.ts";
import { resolveLimits } from "../../limits.ts";
import { bootLua } from "../../lua/wasm/boot.ts";
import { lockDirectory, openDirectoryStore } from "../../vfs/backends/directory-store.ts";
import type { VfsStore } from "../../vfs/interface.ts";
import { openStore } from "../../vfs/open-store.ts";
import type { EngineEndpoint } from "../../wire/protocol.ts";
import { assemblePlatform } from "../assemble.ts";
import { InlineLink } from "../inline-link.ts";
import { installedJieba } from "./jieba.ts";
import { ThreadLink } from "./thread-link.ts";

export interface NodeRuntimeOptions extends Omit<RuntimeOptions, "worker" | "workerUrl"> {
  /** With a directory storage: read from it, keep every write in memory. Default false. */
  readonly overlay?: boolean;
  /** Run the engine in a thread of its own, which can be stopped from outside. Default false: in this thread. */
  readonly thread?: boolean;
  /** With `thread`: keep a booted one ready, so that a hard stop costs about 10 ms. Default false. */
  readonly warmSpare?: boolean;
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
  thread = false,
  ...options
}: NodeRuntimeOptions = {}): Promise<SupervisedRuntime> {
  const { wasm = {}, storage = { kind: "memory" } } = options;
  if (!thread) {
    const plan = { wasm, overlay, lockHeld: false, waiting: options.waiting, spare: false };
    return superviseRuntime({ ...options, storage }, {}, () => new InlineLink(nodeEndpoint(plan)));
  }
  const locked = storage.kind === "directory" && !overlay;
  let last: Promise<void> = Promise.resolve();
  return superviseRuntime({ ...options, storage }, {}, ({ handshakeMs, spare }) => {
    const before = last;
    const plan: NodeEnginePlan = { wasm, overlay, lockHeld: locked, waiting: options.waiting, spare };
    const link = new ThreadLink(plan, handshakeMs, async () => {
      // A spare boots beside the engine it will replace, and that one ends before this one starts.
      await before;
      return locked ? lockDirectory(storage.path) : undefined;
    });
    last = link.exited;
    return link;
  });
}

/** What an engine in Node needs besides its options; structured-cloneable, so it can go to a thread. */
export interface NodeEnginePlan {
  readonly wasm: NonNullable<RuntimeOptions["wasm"]>;
  readonly overlay: boolean;
  readonly lockHeld: boolean;
  readonly waiting: RuntimeOptions["waiting"];
  /** Nobody waits for this engine yet: it has time to rehearse its start. */
  readonly spare: boolean;
}

export function nodeEndpoint({ wasm, overlay, lockHeld, waiting, spare }: NodeEnginePlan): EngineEndpoint {
  const environment = "Deno" in globalThis ? "deno" : "node";
  const lua = bootLua({ wasm: wasm.lua ?? wasmBeside("lua.wasm"), waiting });
  const booted = spare ? lua.then((module) => rehearse({ lua: module, environment })) : lua;
  // The start reports what is wrong; a spare that is never started has nobody to report to.
  booted.catch(() => {});
  return createInlineEndpoint(({ options }, wiring) => {
    const { storage = { kind: "memory" } } = options;
    const store = openNodeStore(storage, { ...options, overlay, lockHeld });
    const sqliteWasm = wasm.sqlite ?? wasmBeside("sqlite3.wasm");
    const jiebaWasm = wasm.jieba ?? installedJieba();
    return assemblePlatform({ environment, lua, store, sqliteWasm, jiebaWasm }, wiring);
  });
}

async function openNodeStore(
  storage: StorageOptions,
  {
    runtimeRoot,
    limits,
    overlay,
    lockHeld,
  }: Pick<RuntimeOptions, "runtimeRoot" | "limits"> & Pick<NodeEnginePlan, "overlay" | "lockHeld">,
): Promise<VfsStore> {
  const resolved = resolveLimits(limits);
  if (storage.kind === "directory") {
    return openDirectoryStore(storage.path, { runtimeRoot, overlay, lockHeld, limits: resolved });
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
  return existsSync(beside) ? beside : new URL(`../../../dist/${file}`, here);
}
