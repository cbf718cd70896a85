import { type Remote, wrap } from "comlink";
import { LuaSkillsError } from "../../errors.ts";
import type { EngineLink } from "../../wire/link.ts";
import type {
  EngineEndpoint,
  EngineRequest,
  EngineStart,
  Outcome,
  WorkerEndpoint,
  WorkerHello,
  WorkerNews,
} from "../../wire/protocol.ts";
import { RequestPort } from "../../wire/request-port.ts";
import type { SharedPort } from "../../wire/shared-port.ts";
import { workerFault } from "./worker-fault.ts";
import { type SpawnedWorker, spawnWorker, type WorkerSource } from "./worker-source.ts";

export interface WorkerPlan extends WorkerSource {
  readonly wasm: EngineStart["wasm"];
  readonly waiting: EngineStart["options"]["waiting"];
  readonly handshakeMs: number;
  /** See {@link WorkerHello.spare}. */
  readonly spare: boolean;
  /** The engine starts when the page owns its store. */
  readonly storeHeld: Promise<void>;
}

/** An engine in a worker of its own. Replies, events and callbacks share one port, so they arrive in order. */
export class WorkerLink implements EngineLink {
  readonly terminable = true;
  readonly port: SharedPort;
  readonly ready: Promise<void>;
  readonly died: Promise<LuaSkillsError>;
  readonly #spawned: SpawnedWorker;
  readonly #engine: Remote<WorkerEndpoint>;
  readonly #requests: RequestPort;
  readonly #storeHeld: Promise<void>;
  readonly #life = new AbortController();
  #die: (error: LuaSkillsError) => void = () => {};

  constructor(plan: WorkerPlan) {
    this.died = new Promise((resolve) => {
      this.#die = resolve;
    });
    this.#storeHeld = plan.storeHeld;
    this.#spawned = spawnWorker(plan);
    const { port1, port2 } = new MessageChannel();
    this.#requests = new RequestPort(port1);
    this.port = this.#requests.shared;
    this.#engine = wrap<WorkerEndpoint>(this.port.endpoint);
    // allowed: a name two workers must not share, no secret; randomUUID is missing outside secure contexts
    const lifeLock = `luaskills-worker-${crypto.randomUUID?.() ?? Math.random().toString(36).slice(2)}`;
    this.ready = this.#handshake(plan.handshakeMs, lifeLock);
    // Whoever waits for `ready` hears of it; a link that is terminated before anybody does must not be an unhandled rejection.
    this.ready.catch(() => {});
    port1.addEventListener("messageerror", () =>
      this.#crash("a message from the engine worker could not be deserialised"),
    );
    const { wasm, waiting, spare } = plan;
    const hello: WorkerHello = { type: "luaskills-hello", lifeLock, wasm, waiting, spare, storeHeld: true };
    this.#spawned.worker.postMessage({ hello, port: port2 }, [port2]);
  }

  async start(start: EngineStart): ReturnType<EngineEndpoint["start"]> {
    await this.#storeHeld;
    return this.#engine.start(start);
  }

  request(id: number, request: EngineRequest): Promise<Outcome> {
    return this.#requests.request(id, request);
  }

  cancel(id: number): Promise<void> {
    return this.#engine.cancel(id);
  }

  close(): Promise<Outcome<undefined>> {
    return this.#engine.close();
  }

  terminate(reason: LuaSkillsError): void {
    this.#life.abort();
    this.#spawned.worker.terminate();
    this.#spawned.dispose();
    this.port.close();
    this.#die(reason);
  }

  #handshake(handshakeMs: number, lifeLock: string): Promise<void> {
    const { worker, url } = this.#spawned;
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        worker.removeEventListener("error", onError);
      };
      const onError = (event: ErrorEvent) => {
        settle();
        event.preventDefault();
        void workerFault(url, event.message).then(reject);
      };
      const timer = setTimeout(() => {
        settle();
        void workerFault(url, `no answer within ${handshakeMs} ms (limits.handshakeMs)`).then(reject);
      }, handshakeMs);
      worker.addEventListener("error", onError);
      const onNews = (event: { readonly data: unknown }) => {
        const data = event.data as WorkerNews;
        if (data.type === "luaskills-ready") {
          settle();
          resolve();
        }
        if (data.type !== "luaskills-alive") return;
        this.port.removeEventListener("message", onNews);
        this.#watchLife(lifeLock);
      };
      this.port.addEventListener("message", onNews);
      void this.died.then((reason) => {
        settle();
        reject(reason);
      });
    });
  }

  /** The worker holds the lock while it lives; whoever gets it next knows. A worker killed for its memory says nothing else. */
  #watchLife(lifeLock: string): void {
    navigator.locks
      .request(lifeLock, { signal: this.#life.signal }, () => this.#crash("the engine worker stopped by itself"))
      .catch(() => {}); // AbortError of our own terminate
  }

  #crash(what: string): void {
    if (this.#life.signal.aborted) return;
    this.#die(new LuaSkillsError("worker_crashed", `${what}; the call may or may not have run`));
  }
}
