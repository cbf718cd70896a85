/**
 * Loading and reloading the root chain (engine.md §3.3): the candidate is built beside the live state and swapped in when
 * it is whole, so a failed load changes nothing.
 * @module
 */
import type { SkillRoot } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { DependencySetup, LoadOutcome } from "../../skills/load/interface.ts";
import { loadSkills } from "../../skills/load/load.ts";
import { moduleWarnings } from "../../skills/registry/module-names.ts";
import { registryDelta } from "../../skills/registry/registry.ts";
import { entryCalls } from "../calls/entry-calls.ts";
import type { EngineCore } from "../core.ts";
import type { LoadedVm } from "../vms/loaded-vm.ts";
import type { LoadKind } from "./proving.ts";

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
  const { loadPolicy, rootChainPolicy } = core.settings;
  const outcome = await loadSkills({
    vfs: core.services.vfs,
    inFlight: core.shared.inFlight,
    roots,
    options: core.settings.hostOptions,
    policies: { loadPolicy, rootChainPolicy },
    dependencies: dependencySetup(core),
    known: core.live,
    config: core.services.config,
    ...(kind === "load" ? { previous: core.live.registry.skills } : {}),
    before: core.live.registry,
    log: (event) => core.services.log(event),
    bindDatabases: (skill) => core.services.databases.bind(skill),
    checkLua: async (skills) => {
      if (skills.length === 0) return [];
      const [{ luaFaults }] = await Promise.all([import("./proving.ts"), core.policy.beginCounting(), entryCalls()]);
      return luaFaults(core, skills, run, { kind, changed, verified });
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

function dependencySetup({ services }: EngineCore): DependencySetup {
  const setup = services.dependencies();
  if (services.processes.provider.kind === "none") return setup;
  return {
    ...setup,
    claims: async (dependency, directory) =>
      (await import("./claim-dependency.ts")).claimDependency(services, dependency, directory),
  };
}
