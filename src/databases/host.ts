/**
 * One database kind of an engine: which skills are bound, who executes their requests, what is logged
 * (databases.md §4, §14, §17).
 * @module
 */
import { messageOf } from "../base/message-of.ts";
import type { HostCallbacks, JsonObject, LogEvent } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { CANNOT_WAIT, type Clock, type LuaValue } from "../lua/interface.ts";
import type { DatabaseAccess, DatabaseContext } from "./access.ts";
import {
  bindingOf,
  bindingStatus,
  type DatabaseBinding,
  type DatabaseKind,
  type DatabaseOwner,
  type DatabaseSettings,
} from "./binding.ts";
import type { CallbackMode } from "./callback-provider.ts";
import type { DatabaseProvider } from "./provider.ts";

export interface DatabaseHostOptions {
  readonly kind: DatabaseKind;
  readonly mode: "dynamic_library" | "host_callback" | "space_controller";
  readonly callbackMode: CallbackMode;
  readonly callbacks: HostCallbacks;
  readonly clock: Clock;
  /** The embedded store, made when the first skill enables the kind. Absent: this build has none. */
  readonly embedded?: () => DatabaseProvider | Promise<DatabaseProvider>;
  log(event: LogEvent): void;
}

interface Bound {
  readonly binding: DatabaseBinding;
  readonly settings: DatabaseSettings;
}

const titles = { sqlite: "SQLite", lancedb: "LanceDB" } as const;
const tags = { sqlite: "Sqlite", lancedb: "LanceDb" } as const;

export class DatabaseHost implements DatabaseAccess {
  readonly #options: DatabaseHostOptions;
  /** Captured now: a callback set later does not reach this engine (§4.1). */
  readonly #callback: HostCallbacks["sqliteProvider"];
  #provider: DatabaseProvider | undefined;
  #live = new Map<string, Bound>();
  #candidates = new Map<string, Bound>();

  constructor(options: DatabaseHostOptions) {
    this.#options = options;
    this.#callback = options.kind === "sqlite" ? options.callbacks.sqliteProvider : options.callbacks.lancedbProvider;
  }

  get asksHost(): boolean {
    return this.#options.mode === "host_callback";
  }

  /**
   * Binds a skill of a load that is under way, if it enables this kind. The binding answers at once (chunks may run
   * while skills load) and stays after {@link adopt}. @throws Error: the skill is not loaded
   */
  async bind(skill: DatabaseOwner, spaceRoot: string): Promise<void> {
    const { kind } = this.#options;
    const settings = skill.manifest[kind];
    if (!settings.enable) return;
    this.#provider ??= await this.#make();
    const provider = this.#provider;
    const binding = bindingOf(kind, skill, spaceRoot);
    try {
      await provider.register(binding);
    } catch (error) {
      if (error instanceof LuaSkillsError) throw error;
      throw new Error(`Failed to register ${titles[kind]} for skill ${skill.skillId}: ${messageOf(error)}`);
    }
    this.#candidates.set(skill.skillId, { binding, settings });
  }

  /** The load is through: skills that are not in the registry lose their binding. A reload also reopens every database. */
  adopt(skillIds: Iterable<string>, kind: "load" | "reload"): void {
    const next = new Map<string, Bound>();
    for (const skillId of skillIds) {
      const bound = this.#candidates.get(skillId) ?? (kind === "load" ? this.#live.get(skillId) : undefined);
      if (bound) next.set(skillId, bound);
    }
    this.#live = next;
    this.#candidates = new Map();
    if (kind === "reload") this.#provider?.closeAll();
  }

  /** The load failed: what was bound before stays as it was. */
  discard(): void {
    this.#candidates = new Map();
  }

  close(): void {
    this.#provider?.closeAll();
  }

  /** Bytes the embedded store holds in memory; 0 when it is not loaded, or lives with the host. */
  memoryBytes(): number {
    return this.#provider?.memoryBytes?.() ?? 0;
  }

  /** What code of a skill, or (undefined) of any, has to wait for before it runs; undefined: nothing. Null is code without a skill. */
  prepare(skillId: string | null | undefined): Promise<void> | undefined {
    return skillId === undefined || this.enabled(skillId) ? this.#provider?.prepare?.() : undefined;
  }

  enabled(skillId: string | null): boolean {
    return skillId !== null && (this.#candidates.has(skillId) || this.#live.has(skillId));
  }

  status(skillId: string): JsonObject {
    const { binding, settings } = this.#bound(skillId);
    return { ...bindingStatus(binding, settings, this.#options.mode), ...this.#started().status(binding) };
  }

  info(skillId: string): JsonObject {
    return { ...this.status(skillId), ...this.#started().info(this.#bound(skillId).binding) };
  }

  call(
    skillId: string,
    method: string,
    input: string,
    context: DatabaseContext,
    data?: Uint8Array,
  ): LuaValue | Promise<LuaValue> {
    const bound = this.#bound(skillId);
    const provider = this.#started();
    // Nothing is logged in host_callback mode.
    if (this.#options.mode === "host_callback") {
      if (context.mayWait === false) throw new Error(CANNOT_WAIT);
      return provider.call(bound.binding, method, input, context, data);
    }
    return this.#logged(bound, method, () => provider.call(bound.binding, method, input, context, data));
  }

  #bound(skillId: string): Bound {
    const bound = this.#candidates.get(skillId) ?? this.#live.get(skillId);
    if (!bound) throw new Error(`current skill has not enabled ${this.#options.kind}`);
    return bound;
  }

  /** Binding a skill has made it. */
  #started(): DatabaseProvider {
    if (!this.#provider) throw new Error(`current skill has not enabled ${this.#options.kind}`);
    return this.#provider;
  }

  #make(): DatabaseProvider | Promise<DatabaseProvider> {
    const { kind, mode, callbackMode, embedded } = this.#options;
    if (mode === "host_callback") {
      if (!this.#callback) {
        throw new Error(
          `Failed to initialize ${titles[kind]} skill host: ${titles[kind]} host-callback mode is enabled but no ${callbackMode} callback is registered`,
        );
      }
      const callback = this.#callback;
      return import("./callback-provider.ts").then(({ lancedbCallbackProvider, sqliteCallbackProvider }) =>
        (kind === "sqlite" ? sqliteCallbackProvider : lancedbCallbackProvider)(callback, callbackMode),
      );
    }
    if (mode === "dynamic_library" && embedded) return embedded();
    return unavailable(mode === "space_controller" ? "space_controller mode" : `an embedded ${titles[kind]} store`);
  }

  #logged(bound: Bound, method: string, run: () => LuaValue | Promise<LuaValue>): LuaValue | Promise<LuaValue> {
    const started = this.#options.clock.now();
    this.#log(bound, "info", method, "");
    const finished = <T>(value: T): T => {
      const elapsed = this.#options.clock.now() - started;
      if (bound.settings.slowLogEnabled && elapsed >= bound.settings.slowLogThresholdMs) {
        this.#log(bound, "slow", method, ` elapsed_ms=${Math.round(elapsed)}`);
      }
      return value;
    };
    const failed = (error: unknown): never => {
      this.#log(bound, "warn", method, ` message=${messageOf(error)}`);
      throw error;
    };
    try {
      const answer = run();
      return answer instanceof Promise ? answer.then(finished, failed) : finished(answer);
    } catch (error) {
      return failed(error);
    }
  }

  #log({ binding, settings }: Bound, what: "info" | "slow" | "warn", method: string, extra: string): void {
    const { logLevel } = settings;
    if (what === "info" && logLevel !== "info") return;
    if (what === "warn" && logLevel === "off") return;
    const head = `[${tags[this.#options.kind]}:${what}] skill=${binding.skill_id} db=${binding.skill_dir_name}`;
    this.#options.log({ level: what === "warn" ? "warn" : "info", message: `${head} op=${method}${extra}` });
  }
}

/** Registration fails, so no skill ever gets to call it. */
function unavailable(what: string): DatabaseProvider {
  const refuse = (): never => {
    throw new Error(`${what} is not available in this build`);
  };
  return { register: refuse, call: refuse, status: () => ({}), info: () => ({}), closeAll() {} };
}
