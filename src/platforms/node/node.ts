/**
 * The engine inline in Node: the same runtime as in a page, on a real directory or in memory.
 * @module
 */
import { storageOf } from "../../client/options.ts";
import { type SupervisedRuntime, superviseRuntime } from "../../client/supervise.ts";
import type { ModuleObject, Runtime, RuntimeOptions, StorageOptions } from "../../contract/contract.ts";
import { createEngine } from "../../engine/engine.ts";
import type { EnginePlatform } from "../../engine/interface.ts";
import { rehearse } from "../../engine/rehearsal.ts";
import { LuaSkillsError } from "../../errors.ts";
import { resolveLimits } from "../../limits.ts";
import { bootLua } from "../../lua/wasm/boot.ts";
import { LinkedRules } from "../../policy/linked-rules.ts";
import { lockDirectory, openDirectoryStore } from "../../vfs/backends/directory-store.ts";
import type { VfsStore } from "../../vfs/interface.ts";
import { type OpenStoreContext, openStore } from "../../vfs/open-store.ts";
import { InlineLink } from "../../wire/inline-link.ts";
import type { EngineBoot } from "../../wire/serve.ts";
import { assemblePlatform } from "../assemble.ts";
import { installedJieba } from "./jieba.ts";
import { NodeThreadLink } from "./node-thread-link.ts";
import { luaWasm, sqliteWasm } from "./package-files.ts";
import { nodeProcesses } from "./processes.ts";

export interface NodeRuntimeOptions extends Omit<RuntimeOptions, "worker" | "workerUrl"> {
  /** With a directory storage: read from it, keep every write in memory. Default false. */
  readonly overlay?: boolean;
  /**
   * Run the engine in a thread of its own, which can be stopped from outside. Default false: in this thread. A script of
   * your own that calls `serveEngine` (luaskills-wasm/worker-kit) brings host modules with it.
   */
  readonly thread?: boolean | string | URL;
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
  const { wasm = {} } = options;
  const storage = storageOf(options.storage) ?? { kind: "memory" };
  if (!thread) {
    const plan = { wasm, overlay, lockHeld: false, waiting: options.waiting, spare: false };
    return superviseRuntime({ ...options, storage }, {}, () => new InlineLink(nodeEngine(plan)));
  }
  const locked = storage.kind === "directory" && !overlay;
  let last: Promise<void> = Promise.resolve();
  const createLink = ({ handshakeMs, spare }: { readonly handshakeMs: number; readonly spare: boolean }) => {
    const before = last;
    const plan: NodeEnginePlan = { wasm, overlay, lockHeld: locked, waiting: options.waiting, spare };
    const link = new NodeThreadLink(
      plan,
      handshakeMs,
      async () => {
        // A spare boots beside the engine it will replace, and that one ends before this one starts.
        await before;
        return locked ? lockDirectory(storage.path) : undefined;
      },
      thread === true ? undefined : thread,
    );
    last = link.exited;
    return link;
  };
  return superviseRuntime({ ...options, storage }, {}, createLink, undefined, true);
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

export function nodeEngine(
  { wasm, overlay, lockHeld, waiting, spare }: NodeEnginePlan,
  modules?: readonly ModuleObject[],
): EngineBoot {
  const environment = "Deno" in globalThis ? "deno" : "node";
  const lua = bootLua({ wasm: wasm.lua ?? luaWasm(), waiting });
  const booted = spare ? lua.then((module) => rehearse({ lua: module, environment })) : lua;
  // The start reports what is wrong; a spare that is never started has nobody to report to.
  booted.catch(() => {});
  return async ({ options, kept }, wiring) => {
    const { storage = { kind: "memory" } } = options;
    const store = openNodeStore(storage, {
      ...options,
      overlay,
      lockHeld,
      keeping: kept && { kept, keep: wiring.keep },
    });
    const files = { sqliteWasm: wasm.sqlite ?? sqliteWasm(), jiebaWasm: wasm.jieba ?? installedJieba() };
    const parts = { environment, lua, store, ...files, processes: nodeProcesses, resolveHost, ruled, modules } as const;
    return createEngine(await assemblePlatform(parts, wiring), options);
  };
}

/** Folders have links. */
const ruled: EnginePlatform["ruled"] = (rules, files) =>
  files.realPath ? new LinkedRules(rules, (path) => files.realPath?.(path)) : rules;

async function resolveHost(hostname: string): Promise<readonly string[]> {
  const { lookup } = await import("node:dns/promises");
  return (await lookup(hostname, { all: true })).map(({ address }) => address);
}

async function openNodeStore(
  storage: StorageOptions,
  {
    runtimeRoot,
    limits,
    overlay,
    lockHeld,
    keeping,
  }: Pick<RuntimeOptions, "runtimeRoot" | "limits"> &
    Pick<NodeEnginePlan, "overlay" | "lockHeld"> &
    Pick<OpenStoreContext, "keeping">,
): Promise<VfsStore> {
  const resolved = resolveLimits(limits);
  if (storage.kind === "directory") {
    return openDirectoryStore(storage.path, { runtimeRoot, overlay, lockHeld, limits: resolved });
  }
  if (storage.kind === "indexeddb" || storage.kind === "opfs" || storage.kind === "browser") {
    throw new LuaSkillsError(
      "storage_unavailable",
      'Node has no storage of a browser (IndexedDB, OPFS); use storage: { kind: "directory", path } or { kind: "memory" }',
    );
  }
  return openStore(storage, { limits: resolved, runtimeRoot, keeping });
}
