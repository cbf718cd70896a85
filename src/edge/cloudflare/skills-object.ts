/**
 * One Durable Object per agent or tenant: the unit of scale. Its files, databases and configuration live in its own
 * SQLite storage; it is single-threaded, durable and addressed by name.
 * @module
 */
import { DurableObject } from "cloudflare:workers";
import type { SupervisedRuntime } from "../../client/create-runtime.ts";
import type { CallOptions, CallResult, EntryDescriptor, InstallSource, Json, JsonObject } from "../../contract.ts";
import { remotePaths } from "../../remote-protocol.ts";
import { createHttpHandler, type HttpHandler } from "../http/handler.ts";
import { type EdgeRuntimeOptions, superviseEdgeRuntime } from "./edge-runtime.ts";

/** Options that cross Durable Object RPC; signals do not. */
export type ObjectCallOptions = Omit<CallOptions, "signal">;

interface Live extends SupervisedRuntime {
  readonly serve: HttpHandler;
}

/**
 * @example
 * export class Agent extends LuaSkillsObject<Env> {
 *   protected override runtimeOptions() {
 *     return { hostTools: { now: () => new Date().toISOString() } };
 *   }
 * }
 */
export class LuaSkillsObject<Env = unknown> extends DurableObject<Env> {
  #live: Promise<Live> | undefined;
  /** Requests being answered; memory stays while there are any. */
  #busy = 0;
  /** The last runtime on its way out: its storage belongs to no other before it is gone. */
  #leaving: Promise<void> | undefined;

  /** What the object's runtime is made with; override it. `storage` is the object's own. */
  protected runtimeOptions(): Omit<EdgeRuntimeOptions, "storage"> {
    return {};
  }

  /**
   * Milliseconds without a request after which VMs and the tree are let go of; the next request loads them again.
   * Default 60,000; 0 keeps them until the platform evicts the object.
   */
  protected idleMs(): number {
    return 60_000;
  }

  async call(name: string, args?: JsonObject, options?: ObjectCallOptions): Promise<CallResult> {
    return this.#use(({ runtime }) => runtime.call(name, args, options));
  }

  async list(): Promise<readonly EntryDescriptor[]> {
    return this.#use(async ({ runtime }) => runtime.list());
  }

  async install(source: InstallSource): Promise<JsonObject> {
    return this.#use(({ runtime }) => runtime.skills.install(source));
  }

  async uninstall(skillId: string): Promise<JsonObject> {
    return this.#use(({ runtime }) => runtime.skills.uninstall(skillId));
  }

  async runLua(code: string, args?: Json, options?: ObjectCallOptions): Promise<Json> {
    return this.#use(({ runtime }) => runtime.runLua(code, args, options));
  }

  /** The native JSON API. */
  async json(method: string, params?: JsonObject): Promise<JsonObject> {
    return this.#use(({ runtime }) => runtime.json(method, params));
  }

  async configGet(skillId: string, key: string): Promise<string | null> {
    return this.#use(({ runtime }) => runtime.config.get(skillId, key));
  }

  async configSet(skillId: string, key: string, value: string): Promise<void> {
    return this.#use(({ runtime }) => runtime.config.set(skillId, key, value));
  }

  async readFile(path: string): Promise<Uint8Array> {
    return this.#use(({ runtime }) => runtime.fs.readBytes(path));
  }

  async writeFile(path: string, content: string | Uint8Array): Promise<void> {
    return this.#use(({ runtime }) => runtime.fs.write(path, content));
  }

  async flush(): Promise<void> {
    return this.#use(({ runtime }) => runtime.flush());
  }

  /** JSON API, streams and `connectRuntime` over HTTP. Who may come here is the router's decision (`routeToObject`). */
  async fetch(request: Request): Promise<Response> {
    // Listening alone is no work: it would keep every object with a connected client in memory for good.
    const listens = new URL(request.url).pathname.endsWith(remotePaths.events);
    const release = listens ? () => {} : this.#hold();
    try {
      const response = await (await this.#started()).serve(request);
      return whenRead(response, release);
    } catch (thrown) {
      release();
      throw thrown;
    }
  }

  /** Nothing asked for a while: everything is committed, so memory can go. */
  async alarm(): Promise<void> {
    if (this.#busy > 0) return this.#wake();
    const live = this.#live;
    this.#live = undefined;
    const closing = live?.then(
      ({ runtime }) => runtime.close(),
      () => {}, // a start that failed has told its caller and left nothing open
    );
    // A close that fails fails this alarm, which the platform reports and repeats; requests go on with a new runtime.
    const leaving = closing?.catch(() => {});
    this.#leaving = leaving;
    await leaving;
    if (this.#leaving === leaving) this.#leaving = undefined;
    await closing;
  }

  async #use<T>(work: (live: Live) => Promise<T>): Promise<T> {
    const release = this.#hold();
    try {
      return await work(await this.#started());
    } finally {
      release();
    }
  }

  #hold(): () => void {
    this.#busy += 1;
    let held = true;
    return () => {
      if (held) this.#busy -= 1;
      held = false;
    };
  }

  async #started(): Promise<Live> {
    await this.#leaving;
    const starting = this.#live ?? this.#start();
    this.#live = starting;
    const live = await starting.catch((thrown) => {
      this.#live = undefined;
      throw thrown;
    });
    await this.#wake();
    return live;
  }

  async #wake(): Promise<void> {
    const idle = this.idleMs();
    if (idle > 0) await this.ctx.storage.setAlarm(Date.now() + idle);
  }

  async #start(): Promise<Live> {
    const supervised = await superviseEdgeRuntime({ ...this.runtimeOptions(), storage: this.ctx.storage });
    // Durable Objects are reachable only through a binding, so whoever comes here passed the host's router.
    return { ...supervised, serve: createHttpHandler(supervised, { authorize: () => true }) };
  }
}

/** The response, with `done` called when its body has been read or given up. */
function whenRead(response: Response, done: () => void): Response {
  if (!response.body) {
    done();
    return response;
  }
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done: ended, value } = await reader.read();
        if (!ended) return controller.enqueue(value);
        done();
        controller.close();
      } catch (thrown) {
        done();
        controller.error(thrown);
      }
    },
    cancel(reason) {
      done();
      return reader.cancel(reason);
    },
  });
  return new Response(body, response);
}
