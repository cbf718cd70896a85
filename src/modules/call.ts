/**
 * What a handler knows about the call it serves (host-modules.md §1, "call").
 * @module
 */
import type { LuaValue } from "../lua/interface.ts";
import type { Decision, PolicyMeta } from "../policy/decide.ts";
import type { LuaType } from "./object-type.ts";
import type { YieldRequest, YieldSpec } from "./yield-spec.ts";

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
  checkType<T extends object>(position: number, type: LuaType<T>): T;
  optString(position: number, fallback: string): string;
  optInt(position: number, fallback: number): number;
  optNumber(position: number, fallback: number): number;
  optBoolean(position: number, fallback: boolean): boolean;
  /** Everything from `position` on. */
  rest(position: number): readonly LuaValue[];
}

export interface Call extends ArgumentChecks {
  readonly module: string;
  readonly functionName: string;
  /** Aborts when the run ends, its time passes, its caller gives up, or Lua cancels this operation. */
  readonly signal: AbortSignal;
  /** Unix milliseconds at which the run's time is over; Infinity without a limit. */
  readonly deadline: number;
  readonly mode: RunKind;
  /** The skill whose code runs; undefined for code of the host. */
  readonly skillId: string | undefined;
  readonly security: CallSecurity;
  /** The values the host gave this run (`ctx` of the call options). */
  readonly context: { get(key: string): LuaValue };
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
  /** For functions written as a command and what to do with its outcome: `return call.yield(spec)`. */
  yield(spec: YieldSpec): YieldRequest;
}
