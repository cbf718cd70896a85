/**
 * The parts of one engine and how they hang together. What an engine does are functions over it, in folders by what happens.
 * @module
 */
import type { EngineMemory } from "../contract/usage.ts";
import { hostPreludes } from "../host/install.ts";
import type { EngineAccess } from "../host/run.ts";
import { packagePaths } from "../host/stdlib/package.ts";
import type { InFlight } from "../skills/lifecycle/in-flight.ts";
import type { EnginePlatform } from "./interface.ts";
import type { LeaseManager } from "./leases/lease-manager.ts";
import type { GrantedNetwork } from "./lua-network.ts";
import { EnginePolicy } from "./policy/engine-policy.ts";
import type { Granted } from "./policy/granted.ts";
import type { BridgeRuntimes } from "./runtimes/managed-runtimes.ts";
import { EngineServices, type ServiceHooks } from "./services.ts";
import type { EngineSettings } from "./settings.ts";
import { LiveRegistry } from "./skills/live-registry.ts";
import { CallCount } from "./vms/call-count.ts";
import { VmBook } from "./vms/vm-book.ts";
import { VmPools } from "./vms/vm-pools.ts";

/** What an engine and the further engines on its platform have in common. */
export interface SharedParts {
  readonly inFlight: InFlight;
  /** These two are loaded for options that ask for them. */
  readonly granted?: Granted | undefined;
  readonly network?: GrantedNetwork | undefined;
}

export class EngineCore {
  readonly policy: EnginePolicy;
  readonly services: EngineServices;
  readonly book: VmBook;
  readonly live: LiveRegistry;
  readonly vms: VmPools;
  readonly calls: CallCount;
  /** Runtime leases, from the first one on (`leasesOf`). */
  leases: LeaseManager | undefined;
  /** Managed runtimes beside the bridge, from the first request on (`managedRuntime`). */
  runtimes: BridgeRuntimes | undefined;

  /** @throws LuaSkillsError `invalid_argument` | `storage_unavailable` */
  constructor(
    readonly platform: EnginePlatform,
    readonly settings: EngineSettings,
    readonly shared: SharedParts,
    accessOf: (core: EngineCore) => EngineAccess,
  ) {
    const hooks: ServiceHooks = {
      runOf: (vm) => this.book.runOf(vm),
      subjectOf: (vm) => this.book.subjectOf(vm),
      rootLabels: () => this.live.roots.map((root) => root.name),
      sqlPolicy: async () => (await import("./policy/sql-policy.ts")).sqlPolicy(this.policy),
      allowProcess: ({ skillId, program, command, signal }) =>
        this.policy.require(skillId ?? null, "process.exec", program ?? command ?? "", signal),
      refusal: (...request) => access.refusal(...request),
      whileWaiting: (vm, work) => access.whileWaiting(vm, work),
      isDenied: (...request) => access.isDenied(...request),
      limitsOf: (subject) => this.policy.limitsOf(subject),
      mayLog: (vm, text) => this.policy.mayLog(this.book.subjectOf(vm), text),
    };
    const access = accessOf(this);
    const services = new EngineServices(platform, settings, hooks, shared.network);
    this.services = services;
    this.policy = new EnginePolicy({
      granted: shared.granted,
      vfs: services.vfs,
      ruled: platform.ruled,
      settings,
      configFile: () => services.config.path,
      roots: () => this.live.chain,
      isSkill: (id) => this.live.isSkill(id),
      decide: platform.callbacks.decide,
      now: () => platform.clock.now(),
      log: (event) => services.log(event),
      report: (event) => platform.emit("decision", event),
    });
    this.calls = new CallCount((skill) => this.policy.limitsOf(skill).skillCalls);
    this.book = new VmBook({
      lua: platform.lua,
      limits: settings.limits,
      granted: (subject) => this.policy.grants.limits(subject),
      isolated: settings.isolated,
      prepare: (skillId) => services.databases.sqlite.prepare(skillId),
      surroundings: () => packagePaths(services.host).join("\n"),
      preludes: (kind, vm) => {
        const subject = () => this.book.subjectOf(vm());
        const run = () => {
          const running = vm();
          return running && this.book.runOf(running);
        };
        const places = {
          directory: () => run()?.directory,
          temporaryFolder: () => this.policy.temporaryFolderOf(subject()),
        };
        return hostPreludes(services.hostFor(this.policy.guard(subject, run), places), services.cache, access, kind);
      },
    });
    this.live = new LiveRegistry({
      settings,
      book: this.book,
      vfs: services.vfs,
      log: (event) => services.log(event),
      emitProblem: (problem) => platform.emit("problem", problem),
      changed: (snapshot) => platform.registryChanged(snapshot),
    });
    this.vms = new VmPools({ settings, clock: platform.clock, book: this.book, live: this.live });
  }

  /** Ends the VMs; busy ones end when they are given back. */
  close(): void {
    this.vms.close();
    this.leases?.dropAll();
    this.services.processes.close();
    this.services.databases.close();
  }

  memory(): EngineMemory {
    return {
      vms: this.book.memoryBytes(),
      databases: this.services.databases.memoryBytes(),
      files: this.platform.store.memoryBytes ?? 0,
    };
  }
}
