import { existsSync } from "node:fs";
import { MessageChannel, Worker } from "node:worker_threads";
import { type Remote, wrap } from "comlink";
import { LuaSkillsError } from "../../errors.ts";
import type { StoreLock } from "../../vfs/lock.ts";
import type { EngineLink } from "../../wire/link.ts";
import type {
  EngineEndpoint,
  EnginePort,
  EngineRequest,
  EngineStart,
  Outcome,
  WorkerEndpoint,
} from "../../wire/protocol.ts";
import { RequestPort } from "../../wire/request-port.ts";
import type { PlatformPort } from "../../wire/shared-port.ts";

/** An engine in a Node thread of its own: a loop that even the guard inside cannot stop ends with the thread. */
export class ThreadLink implements EngineLink {
  readonly terminable = true;
  readonly port: EnginePort;
  readonly ready: Promise<void>;
  readonly died: Promise<LuaSkillsError>;
  readonly #worker: Worker;
  readonly #engine: Remote<WorkerEndpoint>;
  readonly #requests: RequestPort;
  #die: (error: LuaSkillsError) => void = () => {};

  /** Resolves when the thread has ended and let go of its store. */
  readonly exited: Promise<void>;
  #lock: StoreLock | undefined;

  /**
   * `setup` reaches the thread as its `workerData`. `lockStore` is asked before the engine starts: the lock is this
   * thread's, because a thread that is terminated cannot let go of anything.
   */
  constructor(
    setup: object,
    handshakeMs: number,
    private readonly lockStore: () => Promise<StoreLock | undefined>,
  ) {
    this.died = new Promise((resolve) => {
      this.#die = resolve;
    });
    const { port1, port2 } = new MessageChannel();
    this.#requests = new RequestPort(port1 as unknown as PlatformPort);
    this.port = this.#requests.shared;
    this.#engine = wrap<WorkerEndpoint>(this.#requests.shared.endpoint);
    this.#worker = new Worker(threadScript(), { workerData: setup });
    this.ready = this.#handshake(handshakeMs);
    // Whoever waits for `ready` hears of it.
    this.ready.catch(() => {});
    this.#worker.postMessage({ hello: { type: "luaskills-hello", lifeLock: "", wasm: {} }, port: port2 }, [port2]);
    this.#worker.on("error", (error) => this.#gone(String(error)));
    this.exited = new Promise((resolve) => {
      this.#worker.on("exit", (code) => {
        this.#gone(`the thread ended with code ${code}`);
        void Promise.resolve(this.#lock?.release()).then(resolve);
      });
    });
  }

  async start(start: EngineStart): ReturnType<EngineEndpoint["start"]> {
    this.#lock = await this.lockStore();
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
    this.#die(reason);
    void this.#worker.terminate();
    this.port.close?.();
  }

  #handshake(handshakeMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = `the engine thread gave no sign within ${handshakeMs} ms (limits.handshakeMs)`;
      const timer = setTimeout(() => reject(new LuaSkillsError("worker_unavailable", late)), handshakeMs);
      this.port.addEventListener("message", ({ data }) => {
        if ((data as { type?: string }).type !== "luaskills-ready") return;
        clearTimeout(timer);
        resolve();
      });
      void this.died.then((error) => {
        clearTimeout(timer);
        reject(error);
      });
    });
  }

  #gone(what: string): void {
    this.#die(new LuaSkillsError("worker_crashed", `${what}; the call may or may not have run`));
  }
}

/** In the package it lies beside this file; from the repository's sources it is the built one in dist/. */
function threadScript(): URL {
  const beside = new URL("./node-thread.js", import.meta.url);
  return existsSync(beside) ? beside : new URL("../../../dist/node-thread.js", import.meta.url);
}
