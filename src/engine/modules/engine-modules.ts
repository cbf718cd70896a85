/**
 * Host modules of one engine: what is registered, who may use what, and the VMs they are in.
 * @module
 */

import { LuaSkillsError } from "../../errors.ts";
import type { VmKind } from "../../host/runtime/runtime.ts";
import { LuaRaise, type LuaValue, type LuaVm } from "../../lua/interface.ts";
import { CommandDispatcher } from "../../modules/dispatcher.ts";
import { ModuleRegistry } from "../../modules/module-registry.ts";
import type { ModuleEnvironment, ModuleRun } from "../../modules/module-run.ts";
import { furnishModules } from "../../modules/vm/furnish.ts";
import type { ModuleVm } from "../../modules/vm/module-vm.ts";
import type { WorkflowRecorder } from "../../modules/workflow/recorder.ts";
import { SecurityContext } from "../../policy/decide.ts";
import type { EngineCore } from "../core.ts";
import type { ModuleProbe } from "../interface.ts";
import type { ActingFor, RunState } from "../vms/run-state.ts";
import type { VmModulePlan, VmModules } from "../vms/vm-book.ts";
import { Grants } from "./grants.ts";
import { runFacts, seedOf } from "./module-facts.ts";
import { pageCommands } from "./page-commands.ts";
import { registerSources } from "./sources.ts";
import { StructuredRaise } from "./structured-raise.ts";
import { openWorkflow } from "./workflow-runs.ts";

interface Furnished {
  readonly state: ModuleVm;
  readonly kind: ModuleRun["kind"];
  readonly modules: readonly string[];
}

export class EngineModules implements VmModules {
  readonly registry: ModuleRegistry;
  readonly dispatcher = new CommandDispatcher();
  readonly #grants: Grants;
  readonly #environment: ModuleEnvironment;
  readonly #security: SecurityContext;
  readonly #vms = new Map<LuaVm, Furnished>();
  readonly #recorders = new WeakMap<RunState, WorkflowRecorder>();

  /** @throws LuaSkillsError `invalid_argument` */
  static async open(core: EngineCore): Promise<EngineModules> {
    const modules = new EngineModules(core);
    for (const group of core.platform.commandGroups ?? []) modules.dispatcher.use(group);
    core.platform.probeModules?.(() => modules.open());
    await registerSources(modules.registry, core, modules.dispatcher);
    await modules.dispatcher.start();
    return modules;
  }

  private constructor(private readonly core: EngineCore) {
    const { given } = core.settings;
    this.registry = new ModuleRegistry(this.dispatcher);
    this.#security = SecurityContext.of(given.security);
    this.#grants = new Grants(core.policy.grants.modules(), core.settings.isolated, this.registry);
    const audits = given.security?.audit !== undefined && given.security.audit !== false;
    const command = pageCommands(core.platform.callbacks.command);
    this.#environment = {
      dispatcher: this.dispatcher,
      valueDepth: core.settings.limits.valueDepth,
      now: () => core.platform.clock.now(),
      runOf: (vm) => this.#runOf(vm),
      log: (level, text, vm) =>
        core.services.host.log({ level: level === "debug" ? "info" : level, message: text }, vm),
      audit: audits ? (event) => core.platform.emit("audit", event) : undefined,
      ...(command ? { pageCommand: command } : {}),
    };
  }

  /** What is under way in all VMs. */
  open(): ReturnType<ModuleProbe> {
    const sum = { calls: 0, yields: 0, objects: 0, started: 0 };
    for (const { state } of this.#vms.values()) {
      const { calls, yields, objects, started } = state.open;
      sum.calls += calls;
      sum.yields += yields;
      sum.objects += objects;
      sum.started += started;
    }
    return sum;
  }

  plan(kind: VmKind, skillId: string | undefined, run: RunState): VmModulePlan | undefined {
    // What a run asks for is about the code it starts, not about skills that code calls, nor luaexec below it.
    const own = (run.depth === 0 || run.isSnippet) && kind === "main" ? run.modules : undefined;
    const wanted = this.#grants.wanted(skillId, own);
    if (!wanted) return undefined;
    const granted = this.#grants.ruled(wanted, own);
    const runKind = own?.kind ?? "function";
    const deterministic = runKind === "pure" || runKind === "workflow";
    const bindGlobals = own?.bindGlobals ?? false;
    const standing = own === undefined || this.#grants.isStanding(skillId, granted, own);
    return {
      key: standing
        ? ""
        : `\n${deterministic ? "!" : ""}${runKind} ${bindGlobals ? "globals " : ""}${granted.join(" ")}`,
      // What a snippet leaves is not for the next one.
      once: deterministic || run.isSnippet,
      furnish: async (vm) => {
        if (this.#vms.has(vm)) return;
        await Promise.all(granted.map((name) => this.registry.load(name)));
        const facts = { kind: runKind, modules: granted, bindGlobals };
        // Modules that are globals are made now, on behalf of the run that asked first.
        const { book } = this.core;
        const before = book.runOf(vm);
        book.bind(vm, run);
        try {
          const state = furnishModules(vm, facts, this.registry, this.#environment, (made) =>
            this.#vms.set(vm, { state: made, kind: runKind, modules: granted }),
          );
          state.furnished();
        } finally {
          if (before) book.bind(vm, before);
          else book.unbind(vm);
        }
      },
    };
  }

  /** What the code in a VM may require of modules. */
  grantedTo(vm: LuaVm): readonly string[] {
    return this.#vms.get(vm)?.modules ?? [];
  }

  close(): Promise<void> {
    return this.dispatcher.stop();
  }

  ended(vm: LuaVm): void {
    this.#vms.get(vm)?.state.endRun();
  }

  closed(vm: LuaVm): void {
    this.#vms.get(vm)?.state.close();
    this.#vms.delete(vm);
  }

  explained(vm: LuaVm, error: unknown): unknown {
    const raised = this.#vms.get(vm)?.state.raised;
    if (raised?.facts && error instanceof LuaRaise) return new StructuredRaise(error, raised.facts);
    if (!raised || !(error instanceof LuaSkillsError) || error.code !== "lua_error") return error;
    return new LuaSkillsError(error.code, error.message, {
      data: { ...error.data, ...runFacts(raised) },
      cause: error.cause,
      luaTraceback: raised.traceback,
    });
  }

  #runOf(vm: LuaVm): ModuleRun {
    const run = this.core.book.runOf(vm);
    if (!run) throw new LuaSkillsError("internal", "a module function was called outside of a run");
    const owner = this.core.book.ownerOf(vm);
    const acting = this.#actingFor(run);
    const recorder = this.#vms.get(vm)?.kind === "workflow" ? this.#recorderOf(run, owner) : undefined;
    return {
      kind: this.#vms.get(vm)?.kind ?? "function",
      skillId: owner === "" ? undefined : owner,
      security: acting.security,
      values: acting.ctx as Readonly<Record<string, LuaValue>>,
      deadline: run.deadline,
      whileWaiting: (work) => run.whileWaiting(work),
      seed: recorder?.seed ?? seedOf(run.input),
      ...(recorder ? { recorder } : {}),
    };
  }

  #recorderOf(run: RunState, owner: string | undefined): WorkflowRecorder {
    let recorder = this.#recorders.get(run);
    if (!recorder) {
      recorder = openWorkflow(this.core, run, owner === "" ? undefined : owner);
      this.#recorders.set(run, recorder);
    }
    return recorder;
  }

  /** Who acts in a run: decided once, handed down to the runs below it. */
  #actingFor(run: RunState): ActingFor {
    if (!run.acting) {
      const { security, ctx = {} } = run.modules ?? {};
      run.acting = { security: security ? this.#security.narrow(security) : this.#security, ctx };
    }
    return run.acting;
  }
}
