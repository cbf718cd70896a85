import { LuaSkillsError } from "../../errors.ts";
import type { WorkerHello } from "../../wire/protocol.ts";
import { ThreadLink } from "../../wire/thread-link.ts";
import type { LuaModule } from "./lua-beside.ts";
import { policyRefusal, watchPolicy } from "./policy-watch.ts";
import type { EnginePlan } from "./start-runtime.ts";
import { type SpawnedWorker, spawnWorker, type WorkerSource } from "./worker-source.ts";

export interface WorkerPlan extends WorkerSource, EnginePlan {
  luaFor?(plan: EnginePlan): Promise<LuaModule> | undefined;
}

/** Why there is none. The texts are fetched when they are needed; where even they are missing, the short form must do. */
const workerFault = (url: URL | undefined, report: string | undefined): Promise<LuaSkillsError> =>
  import("./start-faults.ts").then(
    (texts) => texts.workerFault(url, report, policyRefusal()),
    () => new LuaSkillsError("worker_unavailable", `the engine worker could not be started from ${url}: ${report}`),
  );

/** An engine in a worker of its own. */
export class WorkerLink extends ThreadLink {
  readonly #spawned: SpawnedWorker;
  readonly #life = new AbortController();

  constructor(plan: WorkerPlan) {
    watchPolicy();
    const spawned = spawnWorker(plan);
    // Messages of a worker take a shorter way than a channel's, but in one of the host's making they may not all be ours.
    const { port1, port2 } = plan.worker ? new MessageChannel() : { port1: spawned.worker, port2: undefined };
    super({
      port: port1,
      handshakeMs: plan.handshakeMs,
      noSign: (why) => workerFault(spawned.url, why),
      beforeStart: async () => void (await plan.storeHeld),
    });
    this.#spawned = spawned;
    this.#watchScript();
    this.#watchLife();
    port1.addEventListener("messageerror", () =>
      this.#crash("a message from the engine worker could not be deserialised"),
    );
    const { wasm, waiting, spare, storage } = plan;
    const greet = (lua?: LuaModule) => {
      const given = lua ? { ...wasm, lua } : wasm;
      const facts = { wasm: given, waiting, spare, storage };
      const hello: WorkerHello = { type: "luaskills-hello", storeHeld: true, ...facts };
      spawned.worker.postMessage({ hello, port: port2 }, port2 ? [port2] : []);
    };
    const lua = plan.luaFor?.(plan);
    if (lua) void lua.then(greet);
    else greet();
  }

  protected end(): void {
    this.#life.abort();
    this.#spawned.worker.terminate();
    this.#spawned.dispose();
  }

  /** An error before the handshake is one of the script: it was not found, not allowed, or does not parse. */
  #watchScript(): void {
    const { worker, url } = this.#spawned;
    const onError = (event: ErrorEvent) => {
      event.preventDefault();
      void workerFault(url, event.message).then((error) => this.failHandshake(error));
    };
    worker.addEventListener("error", onError);
    const forget = () => worker.removeEventListener("error", onError);
    this.ready.then(forget, forget);
  }

  /** The worker holds a lock while it lives; whoever gets it next knows. A worker killed for its memory says nothing else. */
  #watchLife(): void {
    const deafen = this.port.listen((message) => {
      if (!("type" in message) || message.type !== "ready") return;
      deafen();
      if (message.lock === undefined) return;
      navigator.locks
        .request(message.lock, { signal: this.#life.signal }, () => this.#crash("the engine worker stopped by itself"))
        .catch(() => {}); // AbortError of our own terminate
    });
  }

  #crash(what: string): void {
    if (!this.#life.signal.aborted) this.crashed(what);
  }
}
