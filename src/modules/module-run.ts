/**
 * What the mechanism needs of the engine: the run a VM serves, and services shared by all its VMs.
 * @module
 */
import type { AuditEvent } from "../contract/security.ts";
import type { LuaValue, LuaVm } from "../lua/interface.ts";
import type { SecurityContext } from "../policy/decide.ts";
import type { LogLevel, RunKind, WorkflowFacts } from "./definition/interface.ts";
import type { LuaError } from "./definition/module-error.ts";
import type { CommandDispatcher } from "./dispatcher.ts";

/** One run, or the part of it that happens in one VM. */
export interface ModuleRun {
  readonly kind: RunKind;
  readonly skillId: string | undefined;
  readonly security: SecurityContext;
  /** What `ctx` and `call.context` read. */
  readonly values: Readonly<Record<string, LuaValue>>;
  /** On the scale of performance.now(), or Infinity. */
  readonly deadline: number;
  /** Waits without the VM's slot for what may call the runtime again. */
  whileWaiting?<T>(work: () => Promise<T>): Promise<T>;
  /** Where the effects of a workflow run are recorded and replayed. */
  readonly recorder?: EffectRecorder | undefined;
  /** Two integers out of the input: what chance is in a deterministic run comes from them. */
  readonly seed: readonly [number, number];
}

/** Sits between a workflow run and its effects (host-modules.md §13). */
export interface EffectRecorder extends WorkflowFacts {
  /** Performs or replays one effect. `data` is the command's plain data. */
  effect(op: string, data: unknown, perform: () => LuaValue | Promise<LuaValue>): Promise<LuaValue>;
  /** Logical time, Unix milliseconds. */
  now(): number;
  random(): number;
  /** What ends the run though its code went on. */
  readonly failure: LuaError | undefined;
  /** At the end of the main function. */
  finish(): LuaError | undefined;
}

export interface ModuleEnvironment {
  readonly dispatcher: CommandDispatcher;
  /** Levels a value that goes into Lua may have. */
  readonly valueDepth: number;
  /** Unix milliseconds. */
  now(): number;
  /** @throws LuaSkillsError `internal` outside of a run */
  runOf(vm: LuaVm): ModuleRun;
  log(level: LogLevel, text: string, vm: LuaVm): void;
  /** Absent where nobody listens. */
  readonly audit?: ((event: AuditEvent) => void) | undefined;
  /** The page's handlers of commands; undefined when it has none. */
  readonly pageCommand?: (
    request: { readonly name: string; readonly payload: unknown },
    signal: AbortSignal,
    /** The number of the command, for messages. */
    id: number,
  ) => Promise<LuaValue>;
}
