/**
 * What a load is given and what it answers.
 * @module
 */
import type { LoadProblem, LogEvent, SkillRoot } from "../../contract/contract.ts";
import type { LuaSkillsError } from "../../errors.ts";
import type { Vfs } from "../../vfs/interface.ts";
import type { ConfigStore } from "../config/store.ts";
import type { SkillDependenciesOptions } from "../dependencies/skill-dependencies.ts";
import type { InFlight } from "../lifecycle/in-flight.ts";
import type { ManifestCache } from "../manifest/cache.ts";
import type { HostOptions } from "../options/host-options.ts";
import type { RootChainPolicy } from "../registry/roots.ts";
import type { NetworkOptions } from "../sources/network.ts";
import type { LoadedSkill, SkillRegistry } from "../types.ts";

export interface LoadPolicies {
  readonly loadPolicy: "isolate" | "manifest-strict" | "strict";
  readonly rootChainPolicy: RootChainPolicy;
}

/** An entry that does not compile or initialise; `message` is the whole text of engine.md §3.5. */
export interface LuaFault {
  readonly skillId: string;
  readonly message: string;
  readonly error?: LuaSkillsError;
}

/** How missing dependencies are made ready. */
export interface DependencySetup extends Pick<SkillDependenciesOptions, "policy" | "limits" | "claims"> {
  readonly network: NetworkOptions;
}

export interface LoadRequest {
  readonly vfs: Vfs;
  readonly inFlight: InFlight;
  readonly roots: readonly SkillRoot[];
  readonly options: HostOptions;
  readonly policies: LoadPolicies;
  readonly dependencies: DependencySetup;
  /** What the manifests said at the last load; the first one puts it there. */
  readonly known?: { manifests: ManifestCache | undefined };
  /** Only asked whether it has an explicit path. */
  readonly config: Pick<ConfigStore, "hasExplicitPath">;
  /** Skills of the live registry: a plain load adds to and replaces them, a reload passes none. */
  readonly previous?: readonly LoadedSkill[];
  /** What is live: a name that is in use stays with its entry. */
  readonly before?: SkillRegistry;
  log(event: LogEvent): void;
  /** Binds the databases a skill enables (LanceDB, then SQLite); throws when that fails. */
  bindDatabases?(skill: LoadedSkill): void | Promise<void>;
  /** Compiles (and, if the host wants, runs) the entries; answers the faulty ones. */
  checkLua?(skills: readonly LoadedSkill[]): readonly LuaFault[] | Promise<readonly LuaFault[]>;
}

export interface LoadOutcome {
  readonly registry: SkillRegistry;
  readonly problems: readonly LoadProblem[];
  /** Adopt with `ConfigStore.useDefaultPath`; undefined when the path is explicit or the open chain is empty. */
  readonly configPath: string | undefined;
}
