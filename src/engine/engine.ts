/**
 * The engine: an {@link EngineCore}, its requests behind the commit barrier, and an orderly end.
 * @module
 */

import { SerialQueue } from "../base/serial-queue.ts";
import type { Capabilities, EngineOptions } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { resolveLimits } from "../limits.ts";
import { recoverLifecycle } from "../skills/lifecycle/recover.ts";
import type { HostOptions } from "../skills/options/host-options.ts";
import type { EngineRequest } from "../wire/ops.ts";
import { engineAccess } from "./access.ts";
import { answer } from "./answer.ts";
import { CommitBarrier } from "./barrier.ts";
import { EngineCore, type SharedParts } from "./core.ts";
import { Gate } from "./gate.ts";
import type { Engine, EnginePlatform } from "./interface.ts";
import { openModules } from "./modules/open.ts";
import { RequestAbort } from "./request-abort.ts";
import { decodeSettings, hostOptionsIn } from "./settings.ts";
import { loadAtStart } from "./skills/load-roots.ts";
import { type EngineState, EngineTable } from "./state.ts";
import { clearUnfinishedRestore } from "./storage/unfinished-restore.ts";

/**
 * Boots an engine on a platform and loads its roots, unless `options.load` is false.
 * @throws LuaSkillsError for options that do not decode, or a load that aborts; the store is closed then
 */
export async function createEngine(given: EnginePlatform, options: EngineOptions): Promise<Engine> {
  const { process, limits } = options;
  let platform = given;
  try {
    if (process?.kind === "bridge" && process.mount) {
      const { withMounts } = await import("../process/bridge/mounts.ts");
      platform = await withMounts(given, process, resolveLimits(limits).vfsBytes);
    }
    return await open(platform, options);
  } catch (error) {
    platform.databaseFiles?.close();
    await platform.store.close();
    throw error;
  }
}

async function open(platform: EnginePlatform, options: EngineOptions): Promise<Engine> {
  const shared: SharedParts = {
    inFlight: new Set(),
    granted: options.grants && (await import("./policy/granted.ts")).granted(options.grants),
    network:
      options.network || options.secrets ? (await import("./lua-network.ts")).grantedNetwork(options) : undefined,
  };
  const core = assemble(platform, options, await hostOptionsIn(options), shared);
  const barrier = new CommitBarrier(platform.store, {
    durability: core.settings.durability,
    intervalMs: core.settings.limits.commitIntervalMs,
    log: (event) => core.services.log(event),
  });
  const queue = new SerialQueue();
  if (options.modules || core.policy.grants.modules() || platform.modules) await openModules(core);
  await barrier.after(async () => {
    clearUnfinishedRestore(core.services.vfs, core.settings.runtimeRoot);
    // Before anything reads the roots: operations a crash cut off are finished or undone.
    const removed: string[] = [];
    await recoverLifecycle({
      vfs: core.services.vfs,
      inFlight: shared.inFlight,
      roots: core.live.chain,
      options: core.settings.hostOptions,
      log: (event) => core.services.log(event),
      removed: (path) => removed.push(path),
    });
    for (const path of removed) await platform.databaseFiles?.drop(path);
    if (options.skills) await (await import("./skills/seed.ts")).seedSkills(core, options.skills);
    if (options.load !== false) await queue.run(() => loadAtStart(core));
  });
  // The page mirrors the registry of the runtime only: changes of further engines are their own.
  const engines = new EngineTable((further, hostOptions) =>
    assemble({ ...platform, registryChanged: () => {} }, further, hostOptions, shared),
  );
  const state: EngineState = {
    core,
    queue,
    engines,
    jobs: new Map(),
    gate: new Gate(),
    flush: () => barrier.flush(),
  };
  engines.add(state);
  return serve(core, barrier, state);
}

function assemble(
  platform: EnginePlatform,
  options: EngineOptions,
  hostOptions: HostOptions,
  shared: SharedParts,
): EngineCore {
  return new EngineCore(platform, decodeSettings(options, hostOptions, platform.traits), shared, engineAccess);
}

interface Running {
  readonly requestId: number | undefined;
  readonly abort: RequestAbort;
  reply: Promise<unknown> | undefined;
}

function serve(core: EngineCore, barrier: CommitBarrier, state: EngineState): Engine {
  const running = new Set<Running>();
  let closed: Promise<void> | undefined;

  const shut = async () => {
    for (const { abort } of running) abort.abort(runtimeClosed());
    for (const job of state.jobs.values()) job.end();
    await Promise.allSettled([...running].map(({ reply }) => reply));
    barrier.close();
    state.engines.close(state);
    core.close();
    await core.book.modules?.close();
    core.platform.databaseFiles?.close();
    await core.platform.store.close();
  };

  const reply = async (entry: Running, request: EngineRequest, signal: AbortSignal | undefined) => {
    const unlink = signal === undefined ? undefined : forward(signal, entry.abort);
    const gate = request.op.startsWith("storage.") ? undefined : state.gate;
    const opening = gate?.enter();
    if (opening) await opening;
    try {
      return await barrier.after(() => answer(state, request, entry));
    } catch (thrown) {
      const error = LuaSkillsError.from(thrown);
      throw closed && error.code === "aborted" ? runtimeClosed() : error;
    } finally {
      gate?.leave();
      unlink?.();
      running.delete(entry);
    }
  };

  return {
    capabilities: capabilitiesOf(core),
    snapshot: () => core.live.snapshot,
    request(request, options = {}) {
      if (closed) return Promise.reject(runtimeClosed());
      const { requestId, signal } = options;
      const entry: Running = { requestId, abort: new RequestAbort(requestId), reply: undefined };
      running.add(entry);
      entry.reply = reply(entry, request, signal);
      // The op decides the type of the reply; `answer` cannot say so for a union.
      return entry.reply as never;
    },
    cancel(requestId, reason) {
      for (const entry of running) if (entry.requestId === requestId) entry.abort.abort(reason);
    },
    memory: () => core.memory(),
    close() {
      closed ??= shut();
      return closed;
    },
  };
}

function runtimeClosed(): LuaSkillsError {
  return new LuaSkillsError("runtime_closed", "the runtime was closed");
}

/** Aborts `request` with the signal; the result takes that back. */
function forward(signal: AbortSignal, request: RequestAbort): () => void {
  const abort = () => request.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort);
  return () => signal.removeEventListener("abort", abort);
}

function capabilitiesOf(core: EngineCore): Capabilities {
  const { environment, lua, store } = core.platform;
  return {
    environment,
    waiting: lua.waiting,
    metered: lua.metered,
    storage: { kind: store.kind, durable: store.kind !== "memory", persisted: store.persisted ?? false },
    process: core.services.host.process?.kind ?? "none",
    sqlite: true,
    sqliteStorage: core.platform.databaseFiles?.kind ?? "vfs",
    lancedb: true,
    role: "leader",
  };
}
