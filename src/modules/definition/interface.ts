/**
 * The shapes of modules: what a function is given, what it answers, and what definitions are made of.
 * @module
 */
import type { PolicyMeta } from "../../contract/security.ts";
import type { LuaValue } from "../../lua/interface.ts";
import type { Decision } from "../../policy/decide.ts";
import type { Scope } from "../../policy/scope.ts";
import type { functionBrand, immutableBrand, resultsBrand, typeBrand, yieldBrand } from "./brand.ts";
import type { TypeShape } from "./type-shapes.ts";

// ── values ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Lua data, or instances of a type made with `defineType`, at any depth. */
export type ModuleValue = LuaValue | object;

export interface Results {
  readonly [resultsBrand]: true;
  readonly values: readonly ModuleValue[];
}

export interface Immutable {
  readonly [immutableBrand]: string;
  readonly value: object;
}

// ── the call ───────────────────────────────────────────────────────────────────────────────────────────────────────

export type RunKind = "function" | "process" | "eval" | "workflow" | "pure";
export type LogLevel = "debug" | "info" | "warn" | "error";

declare const handle: unique symbol;
/** A Lua function a handler was given; valid until the handler settles. */
export interface FunctionHandle {
  readonly [handle]: true;
}

export interface CommandOptions {
  /** Milliseconds; then the call fails with kind `Timeout`. Default: none of its own. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** The decisions of host-modules.md §12, with the actor and the policies of the run. */
export interface CallSecurity {
  readonly actor: { readonly id: string; readonly meta: Readonly<Record<string, LuaValue>> } | undefined;
  allowed(action: string, resource: string, meta?: PolicyMeta): boolean;
  decide(action: string, resource: string, meta?: PolicyMeta): Decision;
  /** The scopes in force: every one has to allow. */
  policies(): readonly Scope[];
}

/** Arguments by position, for functions without `params`; raise the texts of §4. */
export interface ArgumentChecks {
  /** How many arguments came. */
  readonly count: number;
  checkString(position: number): string;
  checkBytes(position: number): Uint8Array;
  checkInt(position: number): number;
  checkNumber(position: number): number;
  checkBoolean(position: number): boolean;
  checkTable(position: number): readonly LuaValue[] | { readonly [key: string]: LuaValue };
  checkAny(position: number): LuaValue;
  /** For `call.invoke`; only where the function waits. */
  checkFunction(position: number): FunctionHandle;
  checkType<T extends object>(position: number, type: LuaType<T>): T;
  optString(position: number, fallback: string): string;
  optInt(position: number, fallback: number): number;
  optNumber(position: number, fallback: number): number;
  optBoolean(position: number, fallback: boolean): boolean;
  /** Everything from `position` on. */
  rest(position: number): readonly LuaValue[];
}

/** Where a source puts its values. */
export interface Feed {
  /** False for a value nobody has room for: it is dropped. */
  push(value: ModuleValue): boolean;
  /** There is no more to come; the channel stays open. */
  end(): void;
  /** There is no more to come; the channel closes. */
  close(): void;
}
// biome-ignore lint/suspicious/noConfusingVoidType: most sources have nothing to stop
export type FeedSource = (feed: Feed) => (() => void) | void;

/** A workflow run as its code sees it. */
export interface WorkflowFacts {
  readonly id: string;
  /** Effects so far. */
  readonly length: number;
  /** Characters of the log so far. */
  readonly size: number;
  version(change: string, min: number, max: number): number;
}

export interface Call extends ArgumentChecks {
  readonly module: string;
  readonly functionName: string;
  /** Aborts when the run ends, its time passes, its caller gives up, or Lua cancels this operation. */
  readonly signal: AbortSignal;
  /** Unix milliseconds at which the run's time is over; Infinity without a limit. */
  readonly deadline: number;
  readonly mode: RunKind;
  /** Undefined outside of workflow runs. */
  readonly workflow: WorkflowFacts | undefined;
  /** The skill whose code runs; undefined for code of the host. */
  readonly skillId: string | undefined;
  readonly security: CallSecurity;
  /** The values the host gave this run (`ctx` of the call options). */
  readonly context: { get(key: string): LuaValue; all(): Readonly<Record<string, LuaValue>> };
  /** Unix milliseconds, by the runtime's clock. */
  now(): number;
  /** In [0, 1), seeded in deterministic runs. */
  random(): number;
  /** Goes to the runtime's `log` event. */
  log(level: LogLevel, text: string): void;
  /** Throws `PermissionDenied` unless the policies allow it. `message` replaces `permission denied`. */
  require(action: string, resource: string, meta?: PolicyMeta, message?: string): void;
  /** Runs the handler of a command: the module's own, the engine's, or the page's (`commands`). @throws luaError */
  command(name: string, payload?: unknown, options?: CommandOptions): Promise<LuaValue>;
  /** Calls a Lua function this handler was given, in the coroutine that waits for the handler. @throws luaError with what Lua raised */
  invoke(fn: FunctionHandle, ...args: LuaValue[]): Promise<readonly LuaValue[]>;
  /** In a workflow run `effect` runs once and its value is recorded; a replay answers the recorded one. */
  sideEffect<T extends LuaValue>(effect: () => T | Promise<T>): Promise<T>;
  /** A channel for Lua that `source` feeds: answer it. What `source` answers is called when Lua closes it or the run ends. */
  channel(source: FeedSource, size?: number): object;
  /** As `channel`, for a Lua half that has a channel already: the number for `kit.attach(channel, number)`. */
  feed(source: FeedSource): number;
  /** For functions written as a command and what to do with its outcome: `return call.yield(spec)`. */
  yield(spec: YieldSpec): YieldRequest;
}

export interface YieldSpec {
  /** The number of the command's type (§8.4); own modules use 256 and up. */
  readonly commandId: number;
  /** Plain data for the handler. */
  toCommand(): unknown;
  /** Lua values out of the outcome. Default: `data, nil` or `nil, err`. */
  handleResult?(call: Call, data: LuaValue, error: Error | undefined): ModuleValue | Results;
  /** Called exactly once: after the result was consumed, when the run ended, or when it was cancelled. */
  release?(): void;
  /** For logs, e.g. `<fetch_yield>`. */
  toString?(): string;
}

export interface YieldRequest {
  readonly [yieldBrand]: YieldSpec;
}

// ── definitions ────────────────────────────────────────────────────────────────────────────────────────────────────

export type ArgumentKind =
  | "string"
  | "bytes"
  | "integer"
  | "number"
  | "boolean"
  | "table"
  | "func"
  | "object"
  | "any"
  | "record"
  | "rest";

/** `T` is what the handler gets. */
export interface Argument<out T = unknown> {
  readonly kind: ArgumentKind;
  readonly name: string;
  readonly optional: boolean;
  readonly fallback: T | undefined;
  /** kind "object": the type it has to be of. */
  readonly type?: LuaType | undefined;
  /** kind "record": its fields; kind "rest": one element. */
  readonly fields?: Readonly<Record<string, Argument>> | undefined;
  readonly element?: Argument | undefined;
  readonly shape: TypeShape;
}

/** Action, resource and facts about the request. */
export type Permission = readonly [action: string, resource: string, meta?: PolicyMeta];
// biome-ignore lint/suspicious/noConfusingVoidType: a handler that answers nothing is one of the normal cases
export type Answer = ModuleValue | Results | YieldRequest | void;

/** A function as the engine keeps it. */
export interface ModuleFunction {
  readonly [functionBrand]: true;
  readonly params: readonly Argument[];
  readonly returns: readonly TypeShape[];
  readonly description: string | undefined;
  /** It answers a promise or a yield. */
  readonly waits: boolean;
  readonly argErrors: "raise" | "return" | undefined;
  /** `returns` ends in `optional(luaError)`: a lone result gets a nil beside it. */
  readonly fallible: boolean;
  /** The text of a refusal; default `permission denied`. `{resource}` stands for the resource. */
  readonly denied: string;
  readonly permission: ((...args: never[]) => Permission) | undefined;
  readonly run: (call: Call, ...args: never[]) => Answer | Promise<Answer>;
}

export interface LuaType<T extends object = object> {
  readonly [typeBrand]: true;
  readonly name: string;
  readonly description: string | undefined;
  /** Instances of it become userdata of this type. */
  readonly of: (abstract new (...args: never[]) => T) | undefined;
  readonly methods: Readonly<Record<string, ModuleFunction>>;
  readonly metamethods: Readonly<Record<string, ModuleFunction>>;
  // Methods, so that a type of any class is a LuaType.
  dispose?(self: T): void;
  toJSON?(self: T): LuaValue;
  readonly shape: TypeShape;
}
