// For the tests of this room: an endpoint that answers what a test tells it to, without any engine.
import type { Capabilities, RuntimeEvents } from "../contract/contract.ts";
import { LuaSkillsError, type LuaSkillsErrorCode } from "../errors.ts";
import type { EngineLink } from "../wire/link.ts";
import type {
  EngineEndpoint,
  EnginePort,
  EngineRequest,
  EngineStart,
  HostCallbackName,
  Outcome,
} from "../wire/protocol.ts";

const fakeCapabilities: Capabilities = {
  environment: "browser",
  waiting: "Y",
  metered: true,
  storage: { kind: "memory", durable: false, persisted: false },
  process: "none",
  sqlite: false,
  sqliteStorage: "vfs",
  lancedb: false,
};

export type Answer = (request: EngineRequest, engine: FakeEndpoint, id: number) => unknown;

export class FakeEndpoint implements EngineEndpoint {
  readonly cancelled: number[] = [];
  readonly requests: EngineRequest[] = [];
  started: EngineStart | undefined;
  closed = false;
  #port: EnginePort | undefined;
  #lastCallback = 0;
  readonly #stops = new Map<number, () => void>();

  /** What `answer` throws becomes an error outcome; a promise that never settles ends when it is cancelled. */
  constructor(private readonly answer: Answer = () => null) {}

  async start(start: EngineStart, port: EnginePort): ReturnType<EngineEndpoint["start"]> {
    this.started = start;
    this.#port = port;
    return { ok: true, value: { capabilities: fakeCapabilities, snapshot: { entries: [], problems: [] } } };
  }

  async request(id: number, request: EngineRequest): Promise<Outcome> {
    this.requests.push(request);
    const stopped = new Promise<Outcome>((resolve) => {
      this.#stops.set(id, () => resolve(failure("aborted", "stopped by the page")));
    });
    return Promise.race([this.#run(request, id), stopped]);
  }

  cancel(id: number): void {
    this.cancelled.push(id);
    this.#stops.get(id)?.();
  }

  async close(): Promise<Outcome<undefined>> {
    this.closed = true;
    return { ok: true, value: undefined };
  }

  emit<K extends keyof RuntimeEvents>(name: K, event: RuntimeEvents[K], requestId?: number): void {
    this.#port?.postMessage({ type: "event", name, event, ...(requestId === undefined ? {} : { requestId }) });
  }

  announce(names: string[]): void {
    const entries = names.map((name) => ({ name })) as never;
    this.#port?.postMessage({ type: "registry", snapshot: { entries, problems: [] } });
  }

  /** Asks the page to run a callback, as the engine does for Lua. */
  callback(name: HostCallbackName, request: unknown): { readonly reply: Promise<Outcome>; abort(): void } {
    this.#lastCallback += 1;
    const id = this.#lastCallback;
    const port = this.#port;
    if (!port) throw new Error("not started");
    const reply = new Promise<Outcome>((resolve) => {
      const listen = ({ data }: { readonly data: unknown }) => {
        const message = data as { type?: string; id?: number; outcome: Outcome };
        if (message.type !== "callback-result" || message.id !== id) return;
        port.removeEventListener("message", listen);
        resolve(message.outcome);
      };
      port.addEventListener("message", listen);
    });
    port.postMessage({ type: "callback", id, name, request });
    return { reply, abort: () => port.postMessage({ type: "callback-abort", id }) };
  }

  async #run(request: EngineRequest, id: number): Promise<Outcome> {
    try {
      return { ok: true, value: await this.answer(request, this, id) };
    } catch (thrown) {
      return { ok: false, error: LuaSkillsError.from(thrown).toData() };
    }
  }
}

/** A link that can be deaf (as a worker that is stuck in Lua) and can die. */
export function deafLink(link: EngineLink): EngineLink & { deaf: boolean; terminated: boolean } {
  const never = new Promise<never>(() => {});
  return {
    port: link.port,
    ready: link.ready,
    died: link.died,
    terminable: true,
    deaf: false,
    terminated: false,
    start: (start) => link.start(start),
    request(id, request) {
      return this.deaf ? never : link.request(id, request);
    },
    cancel(id) {
      return this.deaf ? never : link.cancel(id);
    },
    close() {
      return this.deaf ? never : link.close();
    },
    terminate(reason) {
      this.terminated = true;
      link.terminate(reason);
    },
  };
}

function failure(code: LuaSkillsErrorCode, message: string): Outcome {
  return { ok: false, error: { code, message } };
}
