// For the tests of the wire: an engine that answers what a test tells it to, without any Lua.
import { forRequest } from "../base/request-of.ts";
import type { CallResult, Capabilities, HostCallbacks, RuntimeEvents } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import type { EngineLink } from "../wire/link.ts";
import type { EngineRequest } from "../wire/ops.ts";
import { type Outcome, outcomeOf } from "../wire/outcome.ts";
import type { EngineStart, HostCallbackName } from "../wire/protocol.ts";
import type { EngineBoot, EngineWiring, ServedEngine } from "../wire/serve.ts";

const fakeCapabilities: Capabilities = {
  environment: "browser",
  waiting: "Y",
  metered: true,
  storage: { kind: "memory", durable: false, persisted: false },
  process: "none",
  sqlite: false,
  sqliteStorage: "vfs",
  role: "leader",
  lancedb: false,
};

/** The result of a call that answered `content`. */
export function fakeResult(content: string): CallResult {
  const usage = { ms: 1, runMs: 1, waitMs: 0, instructions: 1, peakBytes: 65_536, bytesWritten: 0, sqlRows: 0 };
  return { content, overflowMode: null, templateHint: null, contentBytes: content.length, contentLines: 1, usage };
}

export type Answer = (request: EngineRequest, engine: FakeEngine, id: number) => unknown;

export class FakeEngine implements ServedEngine {
  readonly capabilities = fakeCapabilities;
  readonly cancelled: number[] = [];
  readonly requests: EngineRequest[] = [];
  started: EngineStart | undefined;
  closed = false;
  #wiring: EngineWiring | undefined;
  readonly #stops = new Map<number, (reason: LuaSkillsError) => void>();

  /** What `answer` throws becomes an error outcome; a promise that never settles ends when it is cancelled. */
  constructor(private readonly answer: Answer = () => null) {}

  readonly boot: EngineBoot = async (start, wiring) => {
    this.started = start;
    this.#wiring = wiring;
    return this;
  };

  snapshot() {
    return { entries: [], problems: [] };
  }

  request(request: EngineRequest, { requestId }: { readonly requestId: number }): Promise<unknown> {
    this.requests.push(request);
    const stopped = new Promise<never>((_, reject) => this.#stops.set(requestId, reject));
    return Promise.race([Promise.resolve().then(() => this.answer(request, this, requestId)), stopped]);
  }

  cancel(id: number): void {
    this.cancelled.push(id);
    this.#stops.get(id)?.(new LuaSkillsError("aborted", "stopped by the page"));
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  emit<K extends keyof RuntimeEvents>(name: K, event: RuntimeEvents[K], requestId?: number): void {
    this.#wiring?.emit(name, event, requestId);
  }

  announce(names: string[]): void {
    this.#wiring?.registryChanged({ entries: names.map((name) => ({ name })) as never, problems: [] });
  }

  /** Asks the page to run a callback, as the engine does for Lua. */
  callback(
    name: HostCallbackName,
    request: unknown,
    requestId?: number,
  ): { readonly reply: Promise<Outcome>; abort(): void } {
    const controller = new AbortController();
    const signal = forRequest(controller.signal, requestId);
    const ask = (this.#wiring?.callbacks as Record<keyof HostCallbacks, unknown> | undefined)?.[name] as
      | ((request: unknown, context: { readonly signal: AbortSignal }) => Promise<unknown>)
      | undefined;
    if (!ask) throw new Error(`no callback ${name}: not started, or not registered`);
    return { reply: outcomeOf(() => ask(request, { signal })), abort: () => controller.abort() };
  }
}

/** A link that can be deaf (as a worker that is stuck in Lua) and can die. */
export function deafLink(link: EngineLink, terminable = true): EngineLink & { deaf: boolean; terminated: boolean } {
  const never = new Promise<never>(() => {});
  const deaf = {
    port: {
      post: (message: Parameters<EngineLink["port"]["post"]>[0]) => {
        if (!deaf.deaf) link.port.post(message);
      },
      listen: (hear: Parameters<EngineLink["port"]["listen"]>[0]) => link.port.listen(hear),
      close: () => link.port.close(),
    },
    control: {
      start: (start: EngineStart) => link.control.start(start),
      cancel: (id: number) => (deaf.deaf ? never : link.control.cancel(id)),
      close: () => (deaf.deaf ? never : link.control.close()),
    },
    ready: link.ready,
    died: link.died,
    terminable,
    deaf: false,
    terminated: false,
    terminate(reason: LuaSkillsError) {
      deaf.terminated = true;
      link.terminate(reason);
    },
  };
  return deaf;
}
