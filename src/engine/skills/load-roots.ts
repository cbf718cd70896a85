/**
 * Loading and reloading the root chain (engine.md §3.3): the candidate is built beside the live state and swapped in when
 * it is whole, so a failed load changes nothing.
 * @module
 */
import type { SkillRoot } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { LuaRunError } from "../../lua/interface.ts";
import type { DependencySetup, LoadOutcome, LoadPolicies, LuaFault } from "../../skills/load/interface.ts";
import { loadSkills } from "../../skills/load/load.ts";
import { packageFile } from "../../skills/manifest/package-path.ts";
import { moduleWarnings } from "../../skills/registry/module-names.ts";
import { registryDelta } from "../../skills/registry/registry.ts";
import type { LoadedSkill } from "../../skills/types.ts";
import { entryCalls } from "../calls/entry-calls.ts";
import type { EngineCore } from "../core.ts";
import { entrySource, LoadedVm } from "../vms/loaded-vm.ts";
import { position } from "../vms/run-error.ts";
import type { RunState } from "../vms/run-state.ts";

export type LoadKind = "load" | "reload";

/**
 * `load_from_roots` / `reload_from_roots`. A skill that `changed` runs its chunks at once.
 * @throws LuaSkillsError; the live state is untouched then
 */
export async function loadRoots(
  core: EngineCore,
  roots: readonly SkillRoot[],
  kind: LoadKind,
  changed?: string,
): Promise<LoadOutcome> {
  const run = core.book.startRun({ timeoutMs: 0 }, {});
  // A VM made ahead has seen the directories of before.
  core.vms.main.dropSpare();
  const verified = new Map<string, LoadedVm>();
  const policies: LoadPolicies = {
    loadPolicy: core.settings.loadPolicy,
    rootChainPolicy: core.settings.rootChainPolicy,
  };
  const outcome = await loadSkills({
    vfs: core.services.vfs,
    inFlight: core.shared.inFlight,
    roots,
    options: core.settings.hostOptions,
    policies,
    dependencies: dependencySetup(core),
    manifests: core.live.manifests,
    config: core.services.config,
    ...(kind === "load" ? { previous: core.live.registry.skills } : {}),
    before: core.live.registry,
    log: (event) => core.services.log(event),
    bindDatabases: (skill) => core.services.databases.bind(skill),
    checkLua: async (skills) => {
      if (skills.length > 0) await Promise.all([core.policy.beginCounting(), entryCalls()]);
      const isolate = policies.loadPolicy === "isolate";
      const eager = isolate ? provenNow(core, skills, kind, changed) : skills;
      const complete = eager.length === skills.length && (kind === "reload" || core.live.registry.skills.length === 0);
      const patienceMs = isolate ? core.settings.limits.skillLoadMs : Number.POSITIVE_INFINITY;
      const { faults, tried } = await initialize(core, eager, run, { verified, complete, patienceMs });
      const others = skills.filter((skill) => !tried.has(skill));
      return [...faults, ...checkSyntax(core, others)];
    },
  }).catch((error: unknown) => {
    core.services.databases.discard();
    for (const loaded of verified.values()) loaded.vm.close();
    throw error;
  });
  core.services.databases.adopt(outcome.registry.skills, kind);
  const before = core.live.registry;
  core.live.replace({ registry: outcome.registry, problems: outcome.problems, roots });
  core.vms.renew();
  if (outcome.configPath !== undefined) core.services.config.useDefaultPath(outcome.configPath);
  // Reloads, and so every lifecycle operation, end all leases without a trace (engine.md §10.4).
  if (kind === "reload") core.leases?.dropAll();
  await core.vms.main.prewarm(verified, run);
  for (const message of moduleWarnings(outcome.registry.skills, !core.settings.isolated))
    core.services.log({ level: "warn", message });
  // The state first: who hears an event finds what it tells of.
  core.platform.registryChanged(core.live.snapshot);
  for (const problem of outcome.problems) core.platform.emit("problem", problem);
  const delta = kind === "reload" ? registryDelta(before, outcome.registry) : undefined;
  if (delta) core.platform.emit("registry", delta);
  return outcome;
}

/**
 * The load of a start. Under the policy "isolate" folders that are not what they should be (a file where `state` or a root
 * belongs) leave the runtime without skills, and a problem tells; a start that fails could not even be asked for its files.
 */
export async function loadAtStart(core: EngineCore): Promise<void> {
  try {
    await loadRoots(core, core.live.chain, "load");
  } catch (error) {
    const isolate = core.settings.loadPolicy === "isolate";
    if (!isolate || !(error instanceof LuaSkillsError) || error.code !== "storage_error") throw error;
    (await import("./damaged-folders.ts")).tellDamage(core, error);
  }
}

/**
 * Policy "isolate": what was just installed, or appeared in this version with a reload, has to prove itself (engine.md §3.5).
 * A whole fleet that appears at once has time until its first calls: each skill would cost a VM now.
 */
function provenNow(
  core: EngineCore,
  skills: readonly LoadedSkill[],
  kind: LoadKind,
  changed: string | undefined,
): readonly LoadedSkill[] {
  const isNew = (skill: LoadedSkill) => {
    const live = core.live.registry.skill(skill.skillId);
    return live === undefined || live.dir !== skill.dir || live.manifest.version !== skill.manifest.version;
  };
  const fresh = kind === "reload" ? skills.filter(isNew) : [];
  const asked = skills.filter((skill) => skill.skillId === changed);
  return fresh.length <= core.settings.pool.maxSize ? [...new Set([...asked, ...fresh])] : asked;
}

/**
 * Policy "isolate": files are compiled now and run when a VM first needs the skill. Up to a limit, so that a load does not
 * grow with its Lua: a skill beyond it that does not compile leaves the registry with its first call.
 */
function checkSyntax(core: EngineCore, skills: readonly LoadedSkill[]): LuaFault[] {
  if (skills.length === 0) return [];
  const scratch = core.vms.main.takeSpare();
  const known = core.live.compiled;
  const faults: LuaFault[] = [];
  let left = core.settings.limits.loadCheckBytes;
  for (const skill of skills) {
    try {
      for (const { luaEntry, luaModule } of skill.manifest.entries) {
        const path = packageFile(skill.dir, luaEntry);
        const stat = core.services.vfs.stat(path, { followLinks: true });
        left -= stat?.size ?? 0;
        if (left < 0 || (stat?.version !== undefined && known.get(path) === stat.version)) continue;
        parse(scratch, entrySource(core.services.vfs, skill, luaEntry), skill, luaModule, path);
        known.set(path, stat?.version);
      }
    } catch (thrown) {
      faults.push(fault(skill, thrown));
    }
  }
  core.vms.main.giveSpare(scratch);
  return faults;
}

function parse(scratch: LoadedVm, source: string, skill: LoadedSkill, module: string, file: string): void {
  try {
    scratch.vm.compile(source, module).release();
  } catch (error) {
    if (!(error instanceof LuaRunError)) throw error;
    const label = `'${skill.manifest.name}::${module}'`;
    throw new LuaSkillsError("lua_syntax_error", `Failed to compile skill ${label}: syntax error: ${error.message}`, {
      data: { skillId: skill.skillId, module, file, ...position(error.message) },
      cause: error,
    });
  }
}

interface Proving {
  /** VMs that came out well, by skill; "": the shared one. */
  readonly verified: Map<string, LoadedVm>;
  /** The skills are the whole registry. */
  readonly complete: boolean;
  /** Milliseconds after which no further skill is begun. */
  readonly patienceMs: number;
}

/**
 * The native way: every chunk runs while the skills load. VMs that came out well are kept for the pool; a shared one only
 * when it holds the complete registry.
 */
async function initialize(
  core: EngineCore,
  skills: readonly LoadedSkill[],
  run: RunState,
  { verified, complete, patienceMs }: Proving,
): Promise<{ faults: LuaFault[]; tried: ReadonlySet<LoadedSkill> }> {
  const faults: LuaFault[] = [];
  const tried = new Set<LoadedSkill>();
  const begun = performance.now();
  let shared: LoadedVm | undefined;
  for (const skill of skills) {
    // Chunks without end must not add up: the rest proves itself with its first calls.
    if (performance.now() - begun >= patienceMs) break;
    tried.add(skill);
    const loaded = shared ?? new LoadedVm(core.book.create("main"), "main");
    core.book.bind(loaded.vm, run);
    // What its chunks do while they load is its own doing: they see the files of their package.
    if (core.settings.isolated) core.book.own(loaded.vm, skill.skillId, "");
    try {
      // Its chunks may require what the skill is granted.
      await core.book.modules?.plan("main", core.settings.isolated ? skill.skillId : "", run)?.furnish(loaded.vm);
      if (!shared) loaded.beginLoading();
      await loaded.loadChunks(core.services.vfs, skill, core.book.loadOptions(run));
      if (core.settings.isolated) verified.set(skill.skillId, loaded);
      else shared = loaded;
    } catch (thrown) {
      faults.push(fault(skill, thrown));
      // What the broken skill left behind must not serve the others.
      loaded.vm.close();
      shared = undefined;
    } finally {
      core.book.unbind(loaded.vm);
    }
  }
  if (shared && faults.length === 0 && complete && tried.size === skills.length) verified.set("", shared);
  else shared?.vm.close();
  return { faults, tried };
}

function fault(skill: LoadedSkill, thrown: unknown): LuaFault {
  const error = LuaSkillsError.from(thrown, "lua_error");
  return { skillId: skill.skillId, message: error.message, error };
}

function dependencySetup({ services }: EngineCore): DependencySetup {
  const setup = services.dependencies();
  if (services.processes.provider.kind === "none") return setup;
  return {
    ...setup,
    claims: async (dependency, directory) =>
      (await import("./claim-dependency.ts")).claimDependency(services, dependency, directory),
  };
}
