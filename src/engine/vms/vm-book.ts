/**
 * Every VM of an engine that is alive: what it is for, whose code runs in it and which run it serves. A VM leaves the book
 * when it is closed.
 * @module
 */
import type { ModuleRunOptions, SkillLimits } from "../../contract/contract.ts";
import type { VmKind } from "../../host/runtime/runtime.ts";
import type { Limits } from "../../limits.ts";
import type { AbortWatch, LuaEngineModule, LuaVm, Prelude, RunOptions } from "../../lua/interface.ts";
import { RunState } from "./run-state.ts";

export interface VmBookOptions {
  readonly lua: LuaEngineModule;
  readonly limits: Limits;
  /** What a skill has instead of some of them; null is code without a skill. */
  granted(subject: string | null): Partial<SkillLimits> | undefined;
  readonly isolated: boolean;
  /** For one VM, which is there when its preludes run. */
  preludes(kind: VmKind, vm: () => LuaVm | undefined): readonly Prelude[];
  /** What the code of a skill, or (undefined) of any, has to wait for before it runs; undefined: nothing. Null is code without a skill. */
  prepare(skillId: string | null | undefined): Promise<void> | undefined;
  /** What a VM takes from the file tree when it is made: one made in other surroundings is out of date. */
  surroundings(): string;
}

interface VmRecord {
  readonly kind: VmKind;
  /** Whose data its code may name; a VM nobody has claimed belongs to nobody: "". */
  owner: string;
  /** Whose grants its code has. */
  subject: string | null;
  run: RunState | undefined;
}

/** Host modules in the VMs of an engine; present once something asked for them (engine/modules). */
export interface VmModules {
  /** What a VM for this use needs; undefined: it is as every other. `key` tells VMs apart. @throws LuaSkillsError `permission_denied` | `invalid_argument` */
  plan(kind: VmKind, skillId: string | undefined, run: RunState): VmModulePlan | undefined;
  /** Names of the modules that the code in a VM may use. */
  grantedTo(vm: LuaVm): readonly string[];
  /** A use of the VM is over. */
  ended(vm: LuaVm): void;
  /** The VM is gone. */
  closed(vm: LuaVm): void;
  /** What an error object that left the program says about the failure. */
  explained(vm: LuaVm, error: unknown): unknown;
  /** The engine ends. */
  close(): Promise<void>;
}

export interface VmModulePlan {
  /** Begins with a line break and, for a VM whose clock stands still, `!`. */
  readonly key: string;
  /** No other run gets the VM. */
  readonly once: boolean;
  furnish(vm: LuaVm): Promise<void>;
}

export class VmBook {
  modules: VmModules | undefined;
  /** See {@link VmBookOptions.surroundings}. */
  readonly surroundings: () => string;
  readonly #records = new Map<LuaVm, VmRecord>();

  constructor(private readonly options: VmBookOptions) {
    this.surroundings = options.surroundings;
  }

  /** @throws LuaSkillsError `memory_exceeded` | `internal` when the VM does not start */
  create(kind: VmKind, frozen = false): LuaVm {
    const { lua } = this.options;
    let made: LuaVm | undefined;
    const vm: LuaVm = lua.createVm({
      preludes: this.options.preludes(kind, () => made),
      memoryBytes: this.#memoryOf(null),
      valueDepth: this.options.limits.valueDepth,
      ...(frozen ? { frozen } : {}),
      onClose: () => {
        this.#records.delete(vm);
        this.modules?.closed(vm);
      },
    });
    made = vm;
    this.#records.set(vm, { kind, owner: "", subject: null, run: undefined });
    return vm;
  }

  bind(vm: LuaVm, run: RunState): void {
    const record = this.#records.get(vm);
    if (record) record.run = run;
  }

  /** See {@link VmBookOptions.prepare}. @throws LuaSkillsError `wasm_unavailable` */
  prepare(vm: LuaVm): Promise<void> | undefined {
    return this.options.prepare(this.options.isolated ? this.subjectOf(vm) : undefined);
  }

  unbind(vm: LuaVm): void {
    const record = this.#records.get(vm);
    if (record) record.run = undefined;
  }

  runOf(vm: LuaVm): RunState | undefined {
    return this.#records.get(vm)?.run;
  }

  kindOf(vm: LuaVm): VmKind {
    return this.#records.get(vm)?.kind ?? "main";
  }

  /**
   * Says whose code runs in a VM: a skill's, or ("") code without one. Such code has the grants of the skill it runs on behalf
   * of, or it would be a way round them, and none of its data.
   */
  own(vm: LuaVm, owner: string, behalf: string): void {
    const record = this.#records.get(vm);
    if (!record) return;
    record.owner = owner;
    record.subject = owner || behalf || null;
    vm.limitMemory(this.#memoryOf(record.subject));
  }

  #memoryOf(subject: string | null): number {
    return this.options.granted(subject)?.vmMemoryBytes ?? this.options.limits.vmMemoryBytes;
  }

  /** See {@link EngineAccess.ownerOf}. */
  ownerOf(vm: LuaVm): string | undefined {
    if (!this.options.isolated) return undefined;
    return this.#records.get(vm)?.owner ?? "";
  }

  /** Who the code in a VM is to the policy: its skill, or null for code without one. */
  subjectOf(vm: LuaVm | undefined): string | null {
    return (vm && this.#records.get(vm)?.subject) ?? null;
  }

  /** Linear memories of the VMs that can still run. */
  memoryBytes(): number {
    let bytes = 0;
    for (const vm of this.#records.keys()) if (vm.usable) bytes += vm.memoryBytes;
    return bytes;
  }

  /** `granted`: for the skill that is called. What it says of time bounds whoever calls, too; the runtime's own is for those who say nothing. */
  startRun(
    origin: {
      requestId?: number | undefined;
      signal?: AbortWatch | undefined;
      timeoutMs?: number | undefined;
      modules?: ModuleRunOptions | undefined;
      input?: unknown;
      /** The skill that is called; absent: code without one. */
      skill?: string | undefined;
    },
    granted = this.options.granted(origin.skill ?? null),
  ): RunState {
    const limits = granted ? { ...this.options.limits, ...granted } : this.options.limits;
    const none = Number.POSITIVE_INFINITY;
    return RunState.start({
      requestId: origin.requestId,
      signal: origin.signal,
      timeoutMs: Math.min((origin.timeoutMs ?? limits.callTimeoutMs) || none, granted?.callTimeoutMs || none),
      instructions: limits.runInstructions,
      runMs: limits.runMs,
      outputBytes: limits.outputBytes,
      modules: origin.modules,
      input: origin.input,
    });
  }

  /** What is left of the limits of a run. */
  runOptions(run: RunState, keepAfterDeadline = false): RunOptions {
    return {
      deadline: run.deadline,
      timeoutMessage: run.timeoutMessage,
      runMs: run.runMsLeft,
      runMessage: run.runMessage,
      instructions: run.instructionsLeft,
      sliceMs: this.options.limits.sliceMs,
      signal: run.signal,
      keepAfterDeadline,
    };
  }

  /** Limits for the chunks of skills while a VM loads them. */
  loadOptions(run: RunState): RunOptions {
    const { skillLoadMs } = this.options.limits;
    if (run.timeLeft < skillLoadMs) return this.runOptions(run);
    const timeoutMessage = `loading the skill took longer than ${skillLoadMs} ms (limits.skillLoadMs)`;
    return { ...this.runOptions(run), deadline: performance.now() + skillLoadMs, timeoutMessage };
  }
}
