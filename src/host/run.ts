/**
 * What the namespaces that reach into the engine need from it: the run a VM serves, other skills, luaexec.
 * @module
 */
import type { JsonObject } from "../contract.ts";
import type { HostCallContext, LuaResults, LuaValue, LuaVm } from "../lua/interface.ts";

/** One use of a VM. Runs on other VMs started by it (vulcan.call, luaexec) share `output`. */
export interface HostRun {
  /** The request it belongs to, for events. */
  readonly requestId: number | undefined;
  /** Levels of calls across VMs above this one. */
  readonly depth: number;
  /** Unix milliseconds, or Infinity. */
  readonly deadline: number;
  /** Where print goes in luaexec; elsewhere it is logged. */
  readonly captured: string[] | undefined;
  /** Bytes of log and print output left. */
  readonly output: { left: number };
}

/** What a nested call takes along (vulcan-api.md §5.2). */
export interface NestedScope {
  readonly request: LuaValue;
  readonly budget: LuaValue;
  readonly config: LuaValue;
  /** False outside luaexec, true inside, the caller's tool name when there is one. */
  readonly luaexec: boolean | string;
}

/** Where an entry lives. */
export interface CallTarget {
  readonly skillId: string;
  readonly localName: string;
}

export interface EngineAccess {
  runOf(vm: LuaVm): HostRun | undefined;
  /** Undefined when no entry has that canonical name. */
  target(name: string): CallTarget | undefined;
  /** Runs an entry of another skill on a VM of its own. Throws LuaRaise with the error value of the target. */
  callRemote(name: string, args: LuaValue, scope: NestedScope, context: HostCallContext): Promise<LuaResults>;
  /** @throws Error with a text of vulcan-api.md §8.2 */
  luaexec(
    request: JsonObject | LuaexecPositional,
    caller: string | undefined,
    context: HostCallContext,
  ): Promise<string>;
}

/** The request as a sequence: read by position (§8.1). */
export type LuaexecPositional = readonly unknown[];
