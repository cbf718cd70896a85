/**
 * The part of a load that needs packages to be there: reads the effective instances, prepares them, keeps faulty ones out.
 * @module
 */
import { joinPath } from "../../base/path-text.ts";
import type { LoadProblem, LogEvent } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { schemaComplaints } from "../../schema/complaints.ts";
import { VfsError } from "../../vfs/interface.ts";
import { withDependencyHint } from "../dependencies/hint.ts";
import { SkillDependencies } from "../dependencies/skill-dependencies.ts";
import { ManifestCache } from "../manifest/cache.ts";
import { loadManifest } from "../manifest/manifest.ts";
import { StoredManifests } from "../manifest/stored.ts";
import { unknownKeys, unknownKeyText } from "../manifest/unknown-keys.ts";
import { type EffectiveInstance, effectiveInstances, type SkillInstance } from "../registry/instances.ts";
import { buildRegistry, duplicateEntryComplaint, nameCollisions } from "../registry/registry.ts";
import { dependencyDirOf, runtimeRootOf, stateDirOf } from "../registry/roots.ts";
import { StateFiles } from "../registry/state-files.ts";
import { strayFolders, strayFolderText } from "../registry/stray-folders.ts";
import { Network } from "../sources/network.ts";
import type { LoadedSkill } from "../types.ts";
import type { LoadOutcome, LoadRequest, LuaFault } from "./interface.ts";

export { checkPackagedRuntime } from "./packaged-runtime.ts";

/** @throws LuaSkillsError when the load aborts (engine.md §3.5) */
export async function loadPresent(
  request: LoadRequest,
  previous: readonly LoadedSkill[],
  configPath: string | undefined,
): Promise<LoadOutcome> {
  const { vfs, roots, options, policies, known } = request;
  const { network, ...setup } = request.dependencies;
  const log = (event: LogEvent) => request.log(event);
  const dependencies = new SkillDependencies({ ...setup, vfs, options, network: new Network(network), log });
  const problems: LoadProblem[] = [];
  const loaded = new Map(previous.map((skill) => [skill.skillId, skill]));
  const fresh: LoadedSkill[] = [];
  const manifests = known?.manifests ?? new ManifestCache();
  if (known) known.manifests = manifests;
  manifests.stored = storedManifests(request, manifests);
  for (const folder of strayFolders(vfs, roots)) warn(problems, folder, strayFolderText(folder.skillId));
  for (const instance of effectiveInstances(vfs, roots, { keepFaulty: policies.loadPolicy === "isolate", manifests })) {
    const skill = await loadInstance(request, dependencies, instance, problems);
    if (skill === undefined) continue;
    for (const unknown of unknownKeys(instance.manifest?.value ?? null)) {
      const at = instance.manifest?.position([...unknown.within, unknown.key]);
      warn(problems, instance, unknownKeyText(unknown), at);
    }
    for (const complaint of argumentComplaints(skill)) warn(problems, instance, complaint);
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
  keepManifests(request, manifests);
  request.log({ level: "info", message: `[LuaSkill] ${loaded.size} skills loaded` });
  const registry = buildRegistry([...loaded.values()], options.reservedEntryNames, request.before);
  for (const { entry, owner } of nameCollisions(registry)) {
    const message =
      `entry '${entry.entry.name}' of '${entry.skill.skillId}' is called '${entry.canonicalName}', because ` +
      `'${owner.canonicalName}' is entry '${owner.entry.name}' of '${owner.skill.skillId}' (root ${owner.skill.root.name})`;
    problems.push(problem(entry.skill, "manifest", new LuaSkillsError("conflict", message)));
  }
  return { registry, problems, configPath };
}

/** Beside the state of the first root. */
function storedManifests({ vfs, roots, options }: LoadRequest, { stored }: ManifestCache): StoredManifests | undefined {
  const [first] = roots;
  if (first === undefined) return undefined;
  const path = joinPath(stateDirOf(first, options), "manifests.json");
  return stored?.path === path ? stored : new StoredManifests(vfs, path);
}

function keepManifests({ log }: LoadRequest, manifests: ManifestCache): void {
  try {
    manifests.keep();
  } catch (thrown) {
    if (!(thrown instanceof VfsError)) throw thrown;
    const message = `[LuaSkill] What the manifests said could not be kept for the next start: ${thrown.message}`;
    log({ level: "warn", message });
  }
}

async function loadInstance(
  request: LoadRequest,
  dependencies: SkillDependencies,
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
  dependencies.createDirectories(root);
  if (state.isDisabled(skillId)) {
    request.log({ level: "warn", message: `[LuaSkill] Skipped disabled skill '${skillId}'` });
    return undefined;
  }
  request.log({ level: "info", message: `[LuaSkill] Loaded '${skillId}' from root '${root.name}'` });
  try {
    await dependencies.prepare(instance);
  } catch (thrown) {
    const error = LuaSkillsError.from(thrown, "invalid_manifest");
    const message = `[LuaSkill] Failed to prepare dependencies for ${skillId}: ${error.message}`;
    request.log({ level: "error", message });
    problems.push(problem(instance, "dependencies", withDependencyHint(error)));
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

/** Of schemas that arguments cannot be held against; calls that do not ask for it are none the worse. */
function argumentComplaints({ manifest }: LoadedSkill): string[] {
  return manifest.entries.flatMap(({ name, inputSchema }) =>
    schemaComplaints(inputSchema).map((text) => `entry ${name}: arguments cannot be validated: ${text}`),
  );
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

/** What the native engine says nothing about; its log neither. */
function warn(
  problems: LoadProblem[],
  instance: SkillInstance,
  message: string,
  at: { readonly line?: number; readonly column?: number } = {},
): void {
  const file = `${instance.dir}/skill.yaml`;
  const error = new LuaSkillsError("invalid_manifest", `${file}: ${message}`, { data: { file, ...at } });
  problems.push({ severity: "warning", ...problem(instance, "manifest", error) });
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
