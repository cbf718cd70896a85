/**
 * The engine: an {@link EngineCore}, its requests behind the commit barrier, and an orderly end.
 * @module
 */
import type { Capabilities, EngineOptions } from "../contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { recoverLifecycle } from "../skills/lifecycle/recover.ts";
import { CommitBarrier } from "./barrier.ts";
import { EngineCore } from "./core.ts";
import type { Engine, EnginePlatform } from "./interface.ts";
import { closeEngines } from "./json-api/engines.ts";
import { loadRoots } from "./load.ts";
import { Queue } from "./queue.ts";
import { answer, type EngineState } from "./requests.ts";

/**
 * Boots an engine on a platform and loads its roots, unless `options.load` is false.
 * @throws LuaSkillsError for options that do not decode, or a load that aborts; the store is closed then
 */
export async function createEngine(platform: EnginePlatform, options: EngineOptions): Promise<Engine> {
  try {
    return await open(platform, options);
  } catch (error) {
    await platform.store.close();
    throw error;
  }
}

async function open(platform: EnginePlatform, options: EngineOptions): Promise<Engine> {
  const core = new EngineCore(platform, options);
  const barrier = new CommitBarrier(platform.store, {
    durability: options.durability ?? "strict",
    intervalMs: core.limits.commitIntervalMs,
    inTransaction: () => core.inTransaction(),
    log: (event) => core.log(event),
  });
  const queue = new Queue();
  await barrier.after(async () => {
    // Before anything reads the roots: operations a crash cut off are finished or undone.
    recoverLifecycle({ vfs: core.vfs, roots: core.chain, options: core.hostOptions, log: (event) => core.log(event) });
    if (options.load !== false) await queue.run(() => loadRoots(core, core.chain, "load"));
  });
  return serve(core, barrier, { core, queue, flush: () => barrier.flush() });
}

function serve(core: EngineCore, barrier: CommitBarrier, state: EngineState): Engine {
  const running = new Set<Promise<unknown>>();
  const closing = new AbortController();
  let closed: Promise<void> | undefined;

  const shut = async () => {
    closing.abort(new LuaSkillsError("runtime_closed", "the runtime was closed"));
    await Promise.allSettled(running);
    barrier.close();
    closeEngines(state);
    core.close();
    await core.platform.store.close();
  };

  return {
    capabilities: capabilitiesOf(core),
    snapshot: () => core.snapshot,
    request(request, options = {}) {
      if (closed) return Promise.reject(new LuaSkillsError("runtime_closed", "the runtime was closed"));
      const link = linkSignals(closing.signal, options.signal);
      const reply = barrier
        .after(async () => answer(state, request, { signal: link.signal, requestId: options.requestId }))
        .catch((thrown: unknown) => {
          const error = LuaSkillsError.from(thrown);
          throw closing.signal.aborted && error.code === "aborted" ? LuaSkillsError.from(closing.signal.reason) : error;
        })
        .finally(() => {
          link.release();
          running.delete(reply);
        });
      running.add(reply);
      // The op decides the type of the reply; `answer` cannot say so for a union.
      return reply as never;
    },
    close() {
      closed ??= shut();
      return closed;
    },
  };
}

/** Aborts with either signal. Requests without one of their own share the engine's, which costs nothing. */
function linkSignals(closing: AbortSignal, own: AbortSignal | undefined): { signal: AbortSignal; release(): void } {
  if (!own) return { signal: closing, release: () => {} };
  const controller = new AbortController();
  const links = [closing, own].map((signal) => ({ signal, forward: () => controller.abort(signal.reason) }));
  for (const { signal, forward } of links) {
    if (signal.aborted) forward();
    signal.addEventListener("abort", forward);
  }
  const release = () => {
    for (const { signal, forward } of links) signal.removeEventListener("abort", forward);
  };
  return { signal: controller.signal, release };
}

function capabilitiesOf(core: EngineCore): Capabilities {
  const { environment, lua, store } = core.platform;
  return {
    environment,
    waiting: lua.waiting,
    metered: lua.metered,
    storage: { kind: store.kind, durable: store.kind !== "memory", persisted: store.persisted ?? false },
    process: core.services.process?.kind ?? "none",
    sqlite: true,
    lancedb: true,
  };
}
