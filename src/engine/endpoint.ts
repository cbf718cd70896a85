/**
 * An engine behind the protocol: what a worker exposes and what inline hosts use directly. Errors leave as data, host
 * callbacks and events go through the port.
 * @module
 */
import type { CallbackContext, HostCallbacks } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import type {
  EngineEndpoint,
  EnginePort,
  EngineRequest,
  EngineStart,
  HostCallbackName,
  Outcome,
  PageMessage,
} from "../wire/protocol.ts";
import { createEngine } from "./engine.ts";
import type { Engine, EngineMemory, EnginePlatform } from "./interface.ts";

/** What the endpoint gives a platform: the page's callbacks and the way to its listeners. */
export type EngineWiring = Pick<EnginePlatform, "callbacks" | "emit" | "registryChanged">;

/** Brings everything else; called once, when the page starts the engine. */
export type PlatformFactory = (start: EngineStart, wiring: EngineWiring) => Promise<EnginePlatform>;

export interface InlineEngineEndpoint extends EngineEndpoint {
  /** Undefined before the start. */
  memory(): EngineMemory | undefined;
}

export function createInlineEndpoint(makePlatform: PlatformFactory): InlineEngineEndpoint {
  return new InlineEndpoint(makePlatform);
}

class InlineEndpoint implements InlineEngineEndpoint {
  #engine: Engine | undefined;
  #starting: Promise<Engine> | undefined;
  #wire: CallbackWire | undefined;

  constructor(private readonly makePlatform: PlatformFactory) {}

  async start(start: EngineStart, port: EnginePort): ReturnType<EngineEndpoint["start"]> {
    return outcome(async () => {
      if (this.#starting) throw new LuaSkillsError("conflict", "this engine was started already");
      this.#starting = this.#boot(start, port);
      this.#engine = await this.#starting;
      return { capabilities: this.#engine.capabilities, snapshot: this.#engine.snapshot() };
    });
  }

  async request(id: number, request: EngineRequest): Promise<Outcome> {
    try {
      const engine = this.#engine;
      if (!engine) throw new LuaSkillsError("internal", "a request arrived before the engine was started");
      return { ok: true, value: await engine.request(request, { requestId: id }) };
    } catch (error) {
      return { ok: false, error: LuaSkillsError.from(error).toData() };
    }
  }

  cancel(id: number): void {
    this.#engine?.cancel(id, new LuaSkillsError("aborted", "the caller aborted the request"));
  }

  memory(): EngineMemory | undefined {
    return this.#engine?.memory();
  }

  close(): Promise<Outcome<undefined>> {
    return outcome(async () => {
      // A start that failed has nothing to close, and its error was reported.
      const engine = await this.#starting?.catch(() => undefined);
      await engine?.close();
      this.#wire?.close();
      return undefined;
    });
  }

  async #boot(start: EngineStart, port: EnginePort): Promise<Engine> {
    const wire = new CallbackWire(port);
    this.#wire = wire;
    const platform = await this.makePlatform(start, {
      callbacks: wire.callbacks(start.callbacks),
      emit: (name, event, requestId) => {
        port.postMessage({ type: "event", name, event, ...(requestId === undefined ? {} : { requestId }) });
      },
      registryChanged: (snapshot) => port.postMessage({ type: "registry", snapshot }),
    });
    return createEngine(platform, start.options);
  }
}

async function outcome<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: LuaSkillsError.from(error).toData() };
  }
}

interface PendingCallback {
  settle(result: Outcome): void;
}

/** Host callbacks as messages: each waits for the answer with its id. */
class CallbackWire {
  readonly #pending = new Map<number, PendingCallback>();
  #lastId = 0;
  readonly #hear = ({ data }: { readonly data: unknown }) => {
    const message = data as Partial<PageMessage>;
    if (message.type !== "callback-result" || message.id === undefined || !message.outcome) return;
    this.#pending.get(message.id)?.settle(message.outcome);
  };

  constructor(private readonly port: EnginePort) {
    port.addEventListener("message", this.#hear);
    port.start?.();
  }

  callbacks(names: readonly HostCallbackName[]): HostCallbacks {
    const out: Record<string, unknown> = {};
    for (const name of names) {
      out[name] =
        name === "fetch"
          ? (url: string, { signal, ...init }: { signal?: AbortSignal }) => this.#ask(name, { url, ...init }, signal)
          : (request: unknown, context: CallbackContext) => this.#ask(name, request, context.signal);
    }
    return out as HostCallbacks;
  }

  close(): void {
    this.port.removeEventListener("message", this.#hear);
    const error = new LuaSkillsError("runtime_closed", "the runtime was closed").toData();
    for (const pending of [...this.#pending.values()]) pending.settle({ ok: false, error });
  }

  #ask(name: HostCallbackName, request: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.port.postMessage({ type: "callback-abort", id });
        settle({ ok: false, error: LuaSkillsError.from(signal?.reason, "aborted").toData() });
      };
      const settle = (result: Outcome) => {
        this.#pending.delete(id);
        signal?.removeEventListener("abort", abort);
        if (result.ok) resolve(result.value);
        else reject(LuaSkillsError.fromData(result.error));
      };
      this.#pending.set(id, { settle });
      signal?.addEventListener("abort", abort);
      this.port.postMessage({ type: "callback", id, name, request });
      if (signal?.aborted) abort();
    });
  }
}
