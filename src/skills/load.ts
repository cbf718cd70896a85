/**
 * Loading a root chain (spec engine.md §3.3) with the failure isolation of §3.5. Changes nothing but the state directories;
 * the caller swaps the outcome in.
 * @module
 */
import type { LoadProblem, LogEvent, SkillRoot } from "../contract.ts";
import { LuaSkillsError } from "../errors.ts";
import type { Vfs } from "../vfs/interface.ts";
import { defaultConfigPath } from "./config-path.ts";
import type { ConfigStore } from "./config-store.ts";
import type { HostOptions } from "./host-options.ts";
import { type EffectiveInstance, effectiveInstances, type SkillInstance } from "./instances.ts";
import { recoverLifecycle } from "./lifecycle/recover.ts";
import { loadManifest } from "./manifest.ts";
import { checkPackagedRuntime } from "./packaged-runtime.ts";
import { buildRegistry, duplicateEntryComplaint } from "./registry.ts";
import { dependencyDirOf, type RootChainPolicy, runtimeRootOf, validateRootChain } from "./roots.ts";
import { StateFiles } from "./state-files.ts";
import type { LoadedSkill, SkillRegistry } from "./types.ts";
import { loadYaml } from "./yaml.ts";

export interface LoadPolicies {
  readonly loadPolicy: "isolate" | "manifest-strict" | "strict";
  readonly rootChainPolicy: RootChainPolicy;
}

/** Something that makes the dependencies of one skill ready; `SkillDependencies` in dependencies.ts. */
export interface DependencyPreparer {
  /** @throws LuaSkillsError `storage_error`: aborts the load. */
  createDirectories(root: SkillRoot): void;
  /** @throws when a required dependency is missing: the skill is skipped. */
  prepare(instance: SkillInstance): Promise<void>;
}

/** An entry that does not compile or initialise; `message` is the whole text of §3.5. */
export interface LuaFault {
  readonly skillId: string;
  readonly message: string;
  readonly error?: LuaSkillsError;
}

export interface LoadRequest {
  readonly vfs: Vfs;
  readonly roots: readonly SkillRoot[];
  readonly options: HostOptions;
  readonly policies: LoadPolicies;
  readonly dependencies: DependencyPreparer;
  /** Only asked whether it has an explicit path. */
  readonly config: Pick<ConfigStore, "hasExplicitPath">;
  /** Skills of the live registry: a plain load adds to and replaces them, a reload passes none. */
  readonly previous?: readonly LoadedSkill[];
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

/** @throws LuaSkillsError when the load aborts (§3.5); nothing was swapped then. */
export async function loadSkills(request: LoadRequest): Promise<LoadOutcome> {
  const { vfs, roots, options, policies } = request;
  validateRootChain(roots, policies.rootChainPolicy);
  const previous = request.previous ?? [];
  const registryOf = (skills: readonly LoadedSkill[]) => buildRegistry(skills, options.reservedEntryNames);
  if (roots.length === 0) return { registry: registryOf(previous), problems: [], configPath: undefined };
  const configPath = request.config.hasExplicitPath ? undefined : defaultConfigPath(roots);
  checkPackagedRuntime(vfs, roots, options);
  recoverLifecycle({ vfs, roots, options, log: (event) => request.log(event) });
  const present = roots.filter((root) => vfs.stat(root.skills_dir, { followLinks: true }) !== undefined);
  if (present.length === 0) return { registry: registryOf(previous), problems: [], configPath };
  const empty = ({ skills_dir }: SkillRoot) =>
    vfs.stat(skills_dir, { followLinks: true })?.kind === "dir" && vfs.list(skills_dir).length === 0;
  if (!present.every(empty)) await loadYaml();

  const problems: LoadProblem[] = [];
  const loaded = new Map(previous.map((skill) => [skill.skillId, skill]));
  const fresh: LoadedSkill[] = [];
  for (const instance of effectiveInstances(vfs, roots, { keepFaulty: policies.loadPolicy === "isolate" })) {
    const skill = await loadInstance(request, instance, problems);
    if (skill === undefined) continue;
    loaded.set(skill.skillId, skill);
    fresh.push(skill);
  }
  for (const fault of await luaFaults(request, fresh)) {
    if (policies.loadPolicy === "strict")
      throw fault.error ?? new LuaSkillsError("invalid_manifest", fault.message, { data: { skillId: fault.skillId } });
    const skill = loaded.get(fault.skillId);
    if (skill === undefined) continue;
    loaded.delete(fault.skillId);
    const error = fault.error ?? new LuaSkillsError("lua_error", fault.message, { data: { skillId: fault.skillId } });
    isolate(request, problems, skill, "lua", fault.message, error);
  }
  request.log({ level: "info", message: `[LuaSkill] ${loaded.size} skills loaded` });
  return { registry: registryOf([...loaded.values()]), problems, configPath };
}

async function loadInstance(
  request: LoadRequest,
  instance: EffectiveInstance,
  problems: LoadProblem[],
): Promise<LoadedSkill | undefined> {
  const { vfs, options } = request;
  const { skillId, root, dir } = instance;
  if (options.ignoredSkillIds.includes(skillId)) {
    request.log({ level: "info", message: `[LuaSkill] Skipped host-ignored skill '${skillId}'` });
    return undefined;
  }
  const state = new StateFiles(vfs, root, options);
  state.createDirectories();
  request.dependencies.createDirectories(root);
  if (state.isDisabled(skillId)) {
    request.log({ level: "warn", message: `[LuaSkill] Skipped disabled skill '${skillId}'` });
    return undefined;
  }
  request.log({ level: "info", message: `[LuaSkill] Loaded '${skillId}' from root '${root.name}'` });
  try {
    await request.dependencies.prepare(instance);
  } catch (thrown) {
    const error = LuaSkillsError.from(thrown, "invalid_manifest");
    const message = `[LuaSkill] Failed to prepare dependencies for ${skillId}: ${error.message}`;
    request.log({ level: "error", message });
    problems.push(problem(instance, "dependencies", error));
    return undefined;
  }
  let phase: LoadProblem["phase"] = "manifest";
  try {
    if (instance.fault !== undefined) throw instance.fault;
    const manifest = loadManifest(vfs, dir, instance.manifest);
    if (manifest === undefined) return undefined;
    const below = `${dependencyDirOf(root, options)}/`;
    const skill: LoadedSkill = {
      skillId,
      dir,
      root,
      runtimeRoot: runtimeRootOf(root),
      manifest,
      deps: { tools: `${below}tools/${skillId}`, lua: `${below}lua/${skillId}`, ffi: `${below}ffi/${skillId}` },
    };
    phase = "database";
    await request.bindDatabases?.(skill);
    return skill;
  } catch (thrown) {
    const error = LuaSkillsError.from(thrown, "invalid_manifest");
    isolate(request, problems, instance, phase, error.message, error);
    return undefined;
  }
}

/** Entry names that collide inside one skill, then whatever the engine finds in the Lua of the others (§3.5). */
async function luaFaults(request: LoadRequest, skills: readonly LoadedSkill[]): Promise<readonly LuaFault[]> {
  const faults: LuaFault[] = [];
  const unique = skills.filter((skill) => {
    const message = duplicateEntryComplaint(skill);
    if (message === undefined) return true;
    const error = new LuaSkillsError("invalid_manifest", message, { data: { skillId: skill.skillId } });
    faults.push({ skillId: skill.skillId, message, error });
    return false;
  });
  if (faults.length > 0 && request.policies.loadPolicy === "strict") return faults;
  return [...faults, ...((await request.checkLua?.(unique)) ?? [])];
}

function isolate(
  request: LoadRequest,
  problems: LoadProblem[],
  instance: SkillInstance,
  phase: LoadProblem["phase"],
  message: string,
  error: LuaSkillsError,
): void {
  request.log({ level: "error", message: `[LuaSkill] Failed to load ${instance.skillId}: ${message}` });
  problems.push(problem(instance, error.code === "invalid_manifest" && phase === "lua" ? "manifest" : phase, error));
}

function problem(instance: SkillInstance, phase: LoadProblem["phase"], error: LuaSkillsError): LoadProblem {
  return {
    skillId: instance.skillId,
    rootName: instance.root.name,
    skillDir: instance.dir,
    phase,
    message: error.message,
    error: error.toData(),
  };
}
