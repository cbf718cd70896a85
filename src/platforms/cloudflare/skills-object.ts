/**
 * One Durable Object per agent or tenant: the unit of scale. Its files, databases and configuration live in its own
 * SQLite storage; it is single-threaded, durable and addressed by name.
 * @module
 */
import { DurableObject } from "cloudflare:workers";
import { disposable, TransportRuntime } from "../../client/runtime.ts";
import type {
  CallOptions,
  CallResult,
  EntryDescriptor,
  InstallSource,
  Json,
  JsonObject,
  Runtime,
} from "../../contract/contract.ts";
import type { EngineMemory } from "../../contract/usage.ts";
import type { Authorization } from "../../http/server/authorize.ts";
import { errorResponse } from "../../http/server/error-response.ts";
import { createHttpHandler, type HttpHandler } from "../../http/server/handler.ts";
import type { HttpLimits } from "../../http/server/limits.ts";
import { remotePaths } from "../../http/wire.ts";
import { type Limits, resolveLimits } from "../../limits.ts";
import { type EdgeRuntimeOptions, edgeLimits, superviseEdgeRuntime } from "./edge-runtime.ts";
import { OnDemandEngine } from "./on-demand-engine.ts";
import { Residents } from "./residents.ts";

/** Options that cross Durable Object RPC; signals do not. */
export type ObjectCallOptions = Omit<CallOptions, "signal">;

/** See ResidentLimits: a request waits for memory that other objects of the isolate are at work with. */
const waiting = { patienceMs: 10_000, graceMs: 100 };

/** Of this isolate: the platform runs objects of one class side by side in it. */
const residents = new Residents();

/**
 * @example
 * export class Agent extends LuaSkillsObject<Env> {
 *   protected override runtimeOptions() {
 *     return { hostTools: { now: () => new Date().toISOString() } };
 *   }
 * }
 */
export class LuaSkillsObject<Env = unknown> extends DurableObject<Env> {
  readonly #engine = new OnDemandEngine({
    start: () => superviseEdgeRuntime({ ...this.runtimeOptions(), storage: this.ctx.storage }),
    awake: () => this.#awake(),
    residents,
    limits: () => ({ bytes: this.residentBytes(), ...waiting }),
  });
  #runtime: Runtime | undefined;
  #serve: HttpHandler | undefined;
  #usedAt = 0;
  #alarmSet = false;

  /** What the object's runtime is made with; override it. `storage` is the object's own. */
  protected runtimeOptions(): Omit<EdgeRuntimeOptions, "storage"> {
    return {};
  }

  /**
   * Milliseconds without a request after which an alarm lets VMs and the tree go; the next request loads them again.
   * Default 60,000; 0 sets no alarm: they stay until another object needs the memory or the platform evicts this one.
   */
  protected idleMs(): number {
    return 60_000;
  }

  /**
   * Bytes the engines of all objects in one isolate may hold; above it idle ones go, the one unused for longest first. The
   * platform counts 128 MB for an isolate, JavaScript and what is not collected yet included. Default 32 MiB.
   */
  protected residentBytes(): number {
    return 32 * 2 ** 20;
  }

  /** What one exchange over HTTP may cost. Default: 16 MiB either way. */
  protected httpLimits(): Partial<HttpLimits> {
    return { responseBytes: 16 * 2 ** 20 };
  }

  /**
   * What a request over HTTP may do with this object. Durable Objects are reachable only through a binding, so whoever comes
   * here passed the host's router; what the router lets in is a client all the same. Default: call entries. For a Worker of
   * your own behind the binding: `"manage"`.
   */
  protected authorize(_request: Request): Authorization | Promise<Authorization> {
    return "call";
  }

  async call(name: string, args?: JsonObject, options?: ObjectCallOptions): Promise<CallResult> {
    return this.runtime.call(name, args, options);
  }

  async list(): Promise<readonly EntryDescriptor[]> {
    return this.#engine.use(({ runtime }) => runtime.list());
  }

  async install(source: InstallSource): Promise<JsonObject> {
    return this.runtime.skills.install(source);
  }

  async uninstall(skillId: string): Promise<JsonObject> {
    return this.runtime.skills.uninstall(skillId);
  }

  async runLua(code: string, args?: Json, options?: ObjectCallOptions): Promise<Json> {
    return this.runtime.runLua(code, args, options);
  }

  /** The native JSON API. */
  async json(method: string, params?: JsonObject): Promise<JsonObject> {
    return this.runtime.json(method, params);
  }

  async configGet(skillId: string, key: string): Promise<string | null> {
    return this.runtime.config.get(skillId, key);
  }

  async configSet(skillId: string, key: string, value: string): Promise<void> {
    return this.runtime.config.set(skillId, key, value);
  }

  async readFile(path: string): Promise<Uint8Array> {
    return this.runtime.fs.readBytes(path);
  }

  async writeFile(path: string, content: string | Uint8Array): Promise<void> {
    return this.runtime.fs.write(path, content);
  }

  async flush(): Promise<void> {
    return this.runtime.flush();
  }

  /** JSON API, streams and `connectRuntime` over HTTP. Who may come here is the router's decision (`routeToObject`). */
  async fetch(request: Request): Promise<Response> {
    const { runtime } = this;
    this.#serve ??= createHttpHandler(
      { runtime, transport: this.#engine, limits: this.#limits() },
      { authorize: (asked) => this.authorize(asked), limits: this.httpLimits() },
    );
    const serve = this.#serve;
    // Listening alone is no work: it would keep an engine in memory for every connected client.
    if (new URL(request.url).pathname.endsWith(remotePaths.events)) return serve(request);
    try {
      return await this.#engine.use(() => serve(request));
    } catch (thrown) {
      return errorResponse(thrown);
    }
  }

  async alarm(): Promise<void> {
    const rest = this.#usedAt + this.idleMs() - Date.now();
    if (!this.#engine.idle || rest > 0) return this.#setAlarm(Math.max(rest, 1_000));
    this.#alarmSet = false;
    await this.letGo();
  }

  /** For code of a subclass: the object's runtime. It starts with its first request and outlives every letting go. */
  protected get runtime(): Runtime {
    this.#runtime ??= disposable(new TransportRuntime(this.#engine, this.#engine.emitter, this.#limits()));
    return this.#runtime;
  }

  /** Bytes the object's engine holds; undefined while it has none. */
  protected memory(): EngineMemory | undefined {
    return this.#engine.memory();
  }

  /** Commits and lets VMs and the tree go, unless a request is under way. */
  protected async letGo(): Promise<void> {
    if (this.#engine.idle) await this.#engine.close();
  }

  #limits(): Limits {
    return resolveLimits({ ...edgeLimits, ...this.runtimeOptions().limits });
  }

  /** One alarm for a time of activity, however many requests it has: each write of an alarm costs. */
  async #awake(): Promise<void> {
    this.#usedAt = Date.now();
    const idle = this.idleMs();
    if (idle > 0 && !this.#alarmSet) await this.#setAlarm(idle);
  }

  #setAlarm(ms: number): Promise<void> {
    this.#alarmSet = true;
    return this.ctx.storage.setAlarm(Date.now() + ms);
  }
}
