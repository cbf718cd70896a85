/**
 * What a load finds in the Lua of its skills: whether it compiles and, where a skill has to prove itself, whether it runs.
 * Loaded with the first skill.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import { LuaRunError } from "../../lua/interface.ts";
import type { LuaFault } from "../../skills/load/interface.ts";
import { packageFile } from "../../skills/manifest/package-path.ts";
import type { LoadedSkill } from "../../skills/types.ts";
import type { EngineCore } from "../core.ts";
import { entrySource, LoadedVm } from "../vms/loaded-vm.ts";
import { position } from "../vms/run-error.ts";
import type { RunState } from "../vms/run-state.ts";

export type LoadKind = "load" | "reload";

interface ProvedLoad {
  readonly kind: LoadKind;
  /** The skill that an operation has changed. */
  readonly changed: string | undefined;
  /** Gets the VMs that came out well, by skill; "": the shared one. */
  readonly verified: Map<string, LoadedVm>;
}

export async function luaFaults(
  core: EngineCore,
  skills: readonly LoadedSkill[],
  run: RunState,
  { kind, changed, verified }: ProvedLoad,
): Promise<LuaFault[]> {
  const isolate = core.settings.loadPolicy === "isolate";
  const eager = isolate ? provenNow(core, skills, kind, changed) : skills;
  const complete = eager.length === skills.length && (kind === "reload" || core.live.registry.skills.length === 0);
  const patienceMs = isolate ? core.settings.limits.skillLoadMs : Number.POSITIVE_INFINITY;
  const { faults, tried } = await initialize(core, eager, run, { verified, complete, patienceMs });
  const others = skills.filter((skill) => !tried.has(skill));
  return [...faults, ...checkSyntax(core, others)];
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

interface Proving extends Pick<ProvedLoad, "verified"> {
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
