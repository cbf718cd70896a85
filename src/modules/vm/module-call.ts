/**
 * The `call` a handler gets. Cheap to make: most of it is looked up when a handler asks.
 * @module
 */

import { onAbort } from "../../base/on-abort.ts";
import { forRequest } from "../../base/request-of.ts";
import { timerMs } from "../../base/timers.ts";
import type { PolicyMeta } from "../../contract/security.ts";
import type { HostCallContext, LuaValue } from "../../lua/interface.ts";
import type {
  Call,
  CallSecurity,
  CommandOptions,
  FeedSource,
  FunctionHandle,
  LogLevel,
  LuaType,
  RunKind,
  WorkflowFacts,
  YieldRequest,
  YieldSpec,
} from "../definition/interface.ts";
import { luaError } from "../definition/module-error.ts";
import { yieldRequest } from "../definition/yield-spec.ts";
import { noHandler } from "../dispatcher.ts";
import type { ModuleEnvironment, ModuleRun } from "../module-run.ts";
import type { CallSignals } from "./call-signals.ts";
import type { Conversation } from "./conversation.ts";
import type { ArgumentReader } from "./read-arguments.ts";
import { ChannelValue } from "./value-codec.ts";

/** The function that is called, in one VM: what all its calls have in common. */
export interface CallSite {
  readonly module: string;
  readonly functionName: string;
  /** Commands of the module. */
  readonly commands: ReadonlySet<string>;
  readonly environment: ModuleEnvironment;
  readonly signals: CallSignals;
  /** `call` goes on until the feed ends. */
  openFeed(source: FeedSource, call: ModuleCall): number;
  /** An argument as data, for logs. */
  shown(value: unknown): LuaValue;
}

export class ModuleCall implements Call {
  /** Made when somebody asks: most calls are over before. */
  #abort: AbortController | undefined;
  #givenUp = false;
  /** Its arguments, where the effects of the run are recorded. */
  given: readonly unknown[] = nothing;

  constructor(
    private readonly site: CallSite,
    readonly run: ModuleRun,
    /** The run and VM of the call, for services of the engine. */
    readonly hostContext: HostCallContext,
    readonly reader: ArgumentReader,
    /** The number of this call inside its VM. */
    readonly tag: number,
    private readonly conversation: Conversation | undefined,
  ) {}

  get module(): string {
    return this.site.module;
  }

  get functionName(): string {
    return this.site.functionName;
  }

  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = this.site.signals.open(this.hostContext.signal);
      if (this.#givenUp) this.#abort.abort(canceled());
    }
    return this.#abort.signal;
  }

  /** The call has been answered: a run of many calls keeps nothing for each. */
  finish(): void {
    if (this.#abort) this.site.signals.close(this.hostContext.signal, this.#abort);
  }

  /** Lua gave this operation up, or the run is over. */
  cancel(): void {
    this.#givenUp = true;
    if (this.#abort && !this.#abort.signal.aborted) this.#abort.abort(canceled());
  }

  get deadline(): number {
    const left = this.run.deadline - performance.now();
    return left === Number.POSITIVE_INFINITY ? left : this.site.environment.now() + left;
  }

  get mode(): RunKind {
    return this.run.kind;
  }

  get workflow(): WorkflowFacts | undefined {
    return this.run.recorder;
  }

  get skillId(): string | undefined {
    return this.run.skillId;
  }

  get security(): CallSecurity {
    return {
      actor: this.#actor(),
      allowed: (action, resource, meta) => this.decide(action, resource, meta).allowed,
      decide: (action, resource, meta) => this.decide(action, resource, meta),
      policies: () => this.run.security.scopes,
    };
  }

  get context(): Call["context"] {
    const { values } = this.run;
    return { get: (key) => (Object.hasOwn(values, key) ? values[key] : undefined), all: () => values };
  }

  now(): number {
    return this.run.recorder?.now() ?? this.site.environment.now();
  }

  random(): number {
    return this.run.recorder?.random() ?? (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;
  }

  log(level: LogLevel, text: string): void {
    this.site.environment.log(level, text, this.hostContext.vm);
  }

  require(action: string, resource: string, meta?: PolicyMeta, message = "permission denied"): void {
    if (this.decide(action, resource, meta).allowed) return;
    throw luaError(message, { kind: "PermissionDenied", retryable: false, details: { action, resource } });
  }

  decide(action: string, resource: string, meta?: PolicyMeta) {
    const { security } = this.run;
    const decision = security.decide(action, resource, meta);
    this.site.environment.audit?.({
      at: this.site.environment.now(),
      actor: security.actor?.id,
      action,
      resource,
      result: decision.verdict,
      policy: decision.policy,
      module: this.module,
    });
    return decision;
  }

  async command(name: string, payload?: unknown, options: CommandOptions = {}): Promise<LuaValue> {
    const { recorder } = this.run;
    const perform = () => this.dispatch(name, payload, options);
    return recorder ? recorder.effect(name, payload, perform) : perform();
  }

  /** As `command`, by number or name and without a record: who calls it has recorded. */
  async dispatch(name: number | string, payload: unknown, options: CommandOptions = {}): Promise<LuaValue> {
    // The call's own end is all that ends it.
    if (!options.signal && options.timeoutMs === undefined) return this.#handler(name, payload, this.signal);
    const limit = new AbortController();
    forRequest(limit.signal, this.hostContext.signal);
    const sources = [this.signal, ...(options.signal ? [options.signal] : [])];
    const abort = () => limit.abort(sources.find(({ aborted }) => aborted)?.reason);
    const leave = sources.map((source) => onAbort(source, abort));
    if (sources.some(({ aborted }) => aborted)) abort();
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const handled = this.#handler(name, payload, limit.signal);
      const { timeoutMs } = options;
      if (timeoutMs === undefined) return await handled;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          const error = luaError(`the command ${name} took more than ${timeoutMs} ms`, {
            kind: "Timeout",
            retryable: true,
          });
          reject(error);
          limit.abort(error);
        }, timerMs(timeoutMs));
      });
      // Who loses the race has nobody to report to.
      handled.catch(() => {});
      return await Promise.race([handled, late]);
    } finally {
      clearTimeout(timer);
      for (const each of leave) each();
    }
  }

  #handler(name: number | string, payload: unknown, signal: AbortSignal): Promise<LuaValue> {
    const { dispatcher, pageCommand } = this.site.environment;
    const context = { tag: this.tag, signal };
    const own = typeof name === "string" && this.site.commands.has(name) ? `${this.module}/${name}` : name;
    // A handler for everybody comes first: tests replace a module's own.
    if (dispatcher.has(name)) return dispatcher.dispatch(name, payload, context);
    if (dispatcher.has(own)) return dispatcher.dispatch(own, payload, context);
    if (typeof name !== "string" || !pageCommand) {
      return Promise.reject(noHandler(typeof name === "string" ? dispatcher.idOf(name) : name, name));
    }
    const asked = () => pageCommand({ name, payload }, signal, dispatcher.idOf(name));
    return this.run.whileWaiting?.(asked) ?? asked();
  }

  async invoke(fn: FunctionHandle, ...args: LuaValue[]): Promise<readonly LuaValue[]> {
    if (!this.conversation) throw luaError("this function was given no Lua function to call", { kind: "Internal" });
    return this.conversation.invoke(fn, args);
  }

  async sideEffect<T extends LuaValue>(effect: () => T | Promise<T>): Promise<T> {
    const { recorder } = this.run;
    if (!recorder) return effect();
    const { site, module, functionName } = this;
    const facts = { function: `${module}.${functionName}`, args: this.given.map((each) => site.shown(each)) };
    return (await recorder.effect("side_effect", facts, effect)) as T;
  }

  channel(source: FeedSource, size = 1): object {
    return new ChannelValue(this.site.openFeed(source, this), size);
  }

  feed(source: FeedSource): number {
    return this.site.openFeed(source, this);
  }

  yield(spec: YieldSpec): YieldRequest {
    return yieldRequest(spec);
  }

  #actor(): CallSecurity["actor"] {
    const { actor } = this.run.security;
    return actor && { id: actor.id, meta: (actor.meta ?? {}) as Readonly<Record<string, LuaValue>> };
  }

  // ── arguments by position ──────────────────────────────────────────────────────────────────────────────────────

  get count(): number {
    return this.reader.count;
  }
  checkString(position: number): string {
    return this.reader.string(position);
  }
  checkBytes(position: number): Uint8Array {
    return this.reader.bytes(position);
  }
  checkInt(position: number): number {
    return this.reader.integer(position);
  }
  checkNumber(position: number): number {
    return this.reader.number(position);
  }
  checkBoolean(position: number): boolean {
    return this.reader.boolean(position);
  }
  checkTable(position: number): ReturnType<Call["checkTable"]> {
    return this.reader.table(position) as ReturnType<Call["checkTable"]>;
  }
  checkAny(position: number): LuaValue {
    return this.reader.any(position);
  }
  checkFunction(position: number): FunctionHandle {
    return this.reader.func(position);
  }
  checkType<T extends object>(position: number, type: LuaType<T>): T {
    return this.reader.object(position, type, false) as T;
  }
  optString(position: number, fallback: string): string {
    return this.reader.isNil(position) ? fallback : this.reader.string(position);
  }
  optInt(position: number, fallback: number): number {
    return this.reader.isNil(position) ? fallback : this.reader.integer(position);
  }
  optNumber(position: number, fallback: number): number {
    return this.reader.isNil(position) ? fallback : this.reader.number(position);
  }
  optBoolean(position: number, fallback: boolean): boolean {
    return this.reader.isNil(position) ? fallback : this.reader.boolean(position);
  }
  rest(position: number): readonly LuaValue[] {
    const out: LuaValue[] = [];
    for (let at = position; at <= this.count; at++) out.push(this.reader.any(at));
    return out;
  }
}

const nothing: readonly unknown[] = [];
const canceled = () => luaError("the operation was canceled", { kind: "Canceled", retryable: false });
