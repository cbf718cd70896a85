import { MessageChannel, Worker } from "node:worker_threads";
import { LuaSkillsError } from "../../errors.ts";
import type { StoreLock } from "../../vfs/lock.ts";
import type { PlatformPort } from "../../wire/message-port.ts";
import { ThreadLink } from "../../wire/thread-link.ts";

/** An engine in a Node thread of its own: a loop that even the guard inside cannot stop ends with the thread. */
export class NodeThreadLink extends ThreadLink {
  readonly #worker: Worker;
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
    lockStore: () => Promise<StoreLock | undefined>,
    /** Default: this package's own. */
    script?: string | URL,
  ) {
    const { port1, port2 } = new MessageChannel();
    super({
      port: port1 as unknown as PlatformPort,
      handshakeMs,
      noSign: async (why) => new LuaSkillsError("worker_unavailable", `the engine thread does not start: ${why}`),
      beforeStart: async () => {
        this.#lock = await lockStore();
      },
    });
    // Written out like this it is what bundlers look for; the path is as in package-files.ts.
    this.#worker = script
      ? new Worker(script, { workerData: setup })
      : new Worker(new URL("../../../dist/node-thread.js", import.meta.url), { workerData: setup });
    this.#worker.postMessage({ hello: { type: "luaskills-hello", lifeLock: "", wasm: {} }, port: port2 }, [port2]);
    this.#worker.on("error", (error) => this.crashed(String(error)));
    this.exited = new Promise((resolve) => {
      this.#worker.on("exit", (code) => {
        this.crashed(`the thread ended with code ${code}`);
        void Promise.resolve(this.#lock?.release()).then(resolve);
      });
    });
  }

  protected end(): void {
    void this.#worker.terminate();
  }
}
