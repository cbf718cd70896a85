/**
 * What the namespaces that reach into the engine need from it: the run a VM serves, other skills, luaexec.
 * @module
 */
import type { JsonObject } from "../contract/contract.ts";
import { type HostCallContext, LuaRaise, type LuaResults, type LuaValue, type LuaVm } from "../lua/interface.ts";
import type { GrantedAction } from "../policy/grant-source.ts";
import type { Refusal, Shortage } from "../policy/refusal.ts";
import type { Vfs } from "../vfs/interface.ts";

/** One use of a VM. Runs on other VMs started by it (vulcan.call, luaexec) share `output`. */
export interface HostRun {
  /** The request it belongs to, for events. */
  readonly requestId: number | undefined;
  /** Levels of calls across VMs above this one. */
  readonly depth: number;
  /** On the scale of performance.now(), or Infinity. */
  readonly deadline: number;
  /** Where print goes in luaexec; elsewhere it is logged. */
  readonly captured: string[] | undefined;
  /** Bytes of log and print output left. */
  readonly output: { left: number };
  /** Something was refused: when the program fails of it, its host hears why. */
  refused(refusal: Refusal | Shortage): void;
}

/** What one message costs beside its text: events are objects, and messages to the page. */
const MESSAGE_COST = 64;

/** UTF-16 units stand in for bytes: limits protect memory, they are no promise of an exact size. */
export const messageCost = (text: string): number => text.length + MESSAGE_COST;

/** @throws LuaRaise when the run has used up its output (limits.outputBytes) */
export function chargeOutput(run: HostRun | undefined, text: string): void {
  if (!run) return;
  run.output.left -= messageCost(text);
  if (run.output.left < 0) throw new LuaRaise("output limit of this run exceeded (limits.outputBytes)");
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
  /** `isolation: "skill"`; else the VMs are shared as the native engine shares them, and whatever cases of it see is as there. */
  readonly isolated: boolean;
  runOf(vm: LuaVm): HostRun | undefined;
  /**
   * Whose data code in this VM may name: the id of its skill, `""` for code without one (`runLua`, luaexec, leases), undefined
   * where nothing is kept apart (`isolation: "shared"`). What Lua says about the running skill it can change (§6.1), so it
   * decides nothing between isolated skills.
   */
  ownerOf(vm: LuaVm): string | undefined;
  /** The skill whose grants the code in this VM has, for the policy and for the host; null for code without one. */
  subjectOf(vm: LuaVm): string | null;
  /** Undefined when it is allowed. Waits only for a host that is asked. */
  refusal(vm: LuaVm, action: GrantedAction, resource: string, signal: AbortSignal): Promise<Refusal | undefined>;
  /** Whether it is refused whoever is asked. */
  isDenied(vm: LuaVm, action: GrantedAction, resource: string): boolean;
  /** Waits for the host without the slot of the VM: what is waited for may need one. */
  whileWaiting<T>(vm: LuaVm, work: () => Promise<T>): Promise<T>;
  /** Undefined when no entry has that canonical name. */
  target(name: string): CallTarget | undefined;
  /** Runs an entry of another skill on a VM of its own. Throws LuaRaise with the error value of the target. */
  callRemote(name: string, args: LuaValue, scope: NestedScope, context: HostCallContext): Promise<LuaResults>;
  /** `vulcan.runtime.node` and `.python`; absent: both are nil. */
  readonly managedRuntime?: ((asking: RuntimeAsking, context: HostCallContext) => Promise<JsonObject>) | undefined;
  /** @throws Error with a text of vulcan-api.md §8.2 */
  luaexec(
    request: JsonObject | LuaexecPositional,
    caller: string | undefined,
    context: HostCallContext,
  ): Promise<string>;
}

/** Code that asks for a managed runtime. */
export interface RuntimeAsking {
  readonly kind: string;
  /** The id of the running skill as Lua has it. */
  readonly named: string | undefined;
  readonly method: string;
  /** JSON. */
  readonly request: string;
  /** The files as that code sees them. */
  readonly vfs: Vfs;
}

/** The request as a sequence: read by position (§8.1). */
export type LuaexecPositional = readonly unknown[];
