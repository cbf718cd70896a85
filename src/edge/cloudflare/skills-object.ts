/**
 * One Durable Object per agent or tenant: the unit of scale. Its files, databases and configuration live in its own
 * SQLite storage; it is single-threaded, durable and addressed by name.
 * @module
 */
import { DurableObject } from "cloudflare:workers";
import type { SupervisedRuntime } from "../../client/create-runtime.ts";
import type { CallOptions, CallResult, EntryDescriptor, InstallSource, Json, JsonObject } from "../../contract.ts";
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
    return (await this.#runtime()).call(name, args, options);
  }

  async list(): Promise<readonly EntryDescriptor[]> {
    return (await this.#runtime()).list();
  }

  async install(source: InstallSource): Promise<JsonObject> {
    return (await this.#runtime()).skills.install(source);
  }

  async uninstall(skillId: string): Promise<JsonObject> {
    return (await this.#runtime()).skills.uninstall(skillId);
  }

  async runLua(code: string, args?: Json, options?: ObjectCallOptions): Promise<Json> {
    return (await this.#runtime()).runLua(code, args, options);
  }

  /** The native JSON API. */
  async json(method: string, params?: JsonObject): Promise<JsonObject> {
    return (await this.#runtime()).json(method, params);
  }

  async configGet(skillId: string, key: string): Promise<string | null> {
    return (await this.#runtime()).config.get(skillId, key);
  }

  async configSet(skillId: string, key: string, value: string): Promise<void> {
    return (await this.#runtime()).config.set(skillId, key, value);
  }

  async readFile(path: string): Promise<Uint8Array> {
    return (await this.#runtime()).fs.readBytes(path);
  }

  async writeFile(path: string, content: string | Uint8Array): Promise<void> {
    return (await this.#runtime()).fs.write(path, content);
  }

  async flush(): Promise<void> {
    return (await this.#runtime()).flush();
  }

  /** JSON API, streams and `connectRuntime` over HTTP. Who may come here is the router's decision (`routeToObject`). */
  async fetch(request: Request): Promise<Response> {
    const live = await this.#started();
    return live.serve(request);
  }

  /** Nothing asked for a while: everything is committed, so memory can go. */
  async alarm(): Promise<void> {
    const live = await this.#live;
    this.#live = undefined;
    await live?.runtime.close();
  }

  async #runtime(): Promise<SupervisedRuntime["runtime"]> {
    return (await this.#started()).runtime;
  }

  async #started(): Promise<Live> {
    const starting = this.#live ?? this.#start();
    this.#live = starting;
    const live = await starting.catch((thrown) => {
      this.#live = undefined;
      throw thrown;
    });
    const idle = this.idleMs();
    if (idle > 0) await this.ctx.storage.setAlarm(Date.now() + idle);
    return live;
  }

  async #start(): Promise<Live> {
    const supervised = await superviseEdgeRuntime({ ...this.runtimeOptions(), storage: this.ctx.storage });
    // Durable Objects are reachable only through a binding, so whoever comes here passed the host's router.
    return { ...supervised, serve: createHttpHandler(supervised, { authorize: () => true }) };
  }
}
