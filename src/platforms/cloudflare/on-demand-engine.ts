/**
 * An object's engine that comes and goes: started by the first request, let go of when the object is idle or the isolate
 * needs its memory. For everybody above it is one transport that never ends; listeners stay through every restart.
 * @module
 */
import { Emitter, eventNames } from "../../client/emitter.ts";
import type { Capabilities } from "../../contract/contract.ts";
import type { EngineMemory } from "../../contract/usage.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { EngineReplies, EngineRequest } from "../../wire/ops.ts";
import type { RegistrySnapshot } from "../../wire/protocol.ts";
import type { EngineEvent, RequestOptions, Transport } from "../../wire/transport.ts";
import type { EdgeEngine } from "./edge-runtime.ts";
import type { Resident, ResidentLimits, Residents } from "./residents.ts";

export interface OnDemandPlan {
  start(): Promise<EdgeEngine>;
  /** Called before each use. */
  awake(): Promise<void>;
  readonly residents: Residents;
  limits(): ResidentLimits;
}

/** What JavaScript keeps of an engine with SQLite beside its memories. */
const objectBytes = 2 * 2 ** 20;
/** What a fresh engine with SQLite holds: 2 MB of Lua, 3 MB of SQLite, some files. */
const startBytes = 6 * 2 ** 20 + objectBytes;

export class OnDemandEngine implements Transport, Resident {
  readonly emitter = new Emitter();
  #starting: Promise<EdgeEngine> | undefined;
  #engine: EdgeEngine | undefined;
  /** Uses under way; the engine stays while there are any. */
  #busy = 0;
  /** The last engine on its way out: its storage belongs to no other before it is gone. */
  #leaving: Promise<void> | undefined;
  #last: { readonly capabilities: Capabilities; readonly snapshot: RegistrySnapshot } | undefined;

  constructor(private readonly plan: OnDemandPlan) {}

  get idle(): boolean {
    return this.#busy === 0;
  }

  get capabilities(): Capabilities {
    const capabilities = this.#engine?.transport.capabilities ?? this.#last?.capabilities;
    if (!capabilities) throw new LuaSkillsError("internal", "the engine of this object has not started");
    return capabilities;
  }

  snapshot(): RegistrySnapshot {
    return this.#engine?.transport.snapshot() ?? this.#last?.snapshot ?? { entries: [], problems: [] };
  }

  request<R extends EngineRequest>(request: R, options?: RequestOptions): Promise<EngineReplies[R["op"]]> {
    return this.use(({ transport }) => transport.request(request, options));
  }

  /** Runs `work` with the engine started; the engine stays until it is done. @throws LuaSkillsError what a start throws */
  async use<T>(work: (engine: EdgeEngine) => T | Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await work(await this.#started());
    } finally {
      this.#busy -= 1;
      this.plan.residents.used(this, this.plan.limits());
    }
  }

  /** Undefined while there is no engine. */
  memory(): EngineMemory | undefined {
    return this.#engine?.memory();
  }

  memoryBytes(): number {
    const memory = this.memory();
    return memory ? memory.vms + memory.databases + memory.files + objectBytes : startBytes;
  }

  letGo(): boolean {
    if (this.#busy > 0 || this.#leaving || !this.#engine?.settled()) return false;
    this.#forget();
    return true;
  }

  /** Lets go in an orderly way: commits what is not committed yet. Requests that come meanwhile wait and start anew. */
  async close(): Promise<void> {
    const starting = this.#starting;
    if (!starting) return this.#leaving;
    this.#forget();
    const closing = starting.then(
      ({ runtime }) => runtime.close(),
      () => {}, // a start that failed has told its caller and left nothing open
    );
    const leaving = closing.catch(() => {}); // our caller hears of it below; requests only wait for its end
    this.#leaving = leaving;
    await leaving;
    if (this.#leaving === leaving) this.#leaving = undefined;
    await closing;
  }

  #forget(): void {
    if (this.#engine) this.#last = { capabilities: this.capabilities, snapshot: this.snapshot() };
    this.#starting = undefined;
    this.#engine = undefined;
    this.plan.residents.leave(this);
  }

  async #started(): Promise<EdgeEngine> {
    await this.#leaving;
    if (this.#starting) {
      const engine = await this.#starting;
      await this.plan.awake();
      return engine;
    }
    const starting = this.#start();
    this.#starting = starting;
    const [engine] = await Promise.all([starting, this.plan.awake()]);
    return engine;
  }

  async #start(): Promise<EdgeEngine> {
    const { residents } = this.plan;
    try {
      await residents.enter(this, this.plan.limits());
      const engine = await this.plan.start();
      for (const name of eventNames) {
        engine.runtime.on(name, (event) => this.emitter.emit({ name, event } as EngineEvent));
      }
      engine.runtime.subscribe(() => this.emitter.changed());
      this.#engine = engine;
      return engine;
    } catch (thrown) {
      this.#starting = undefined;
      residents.leave(this);
      throw thrown;
    }
  }
}
