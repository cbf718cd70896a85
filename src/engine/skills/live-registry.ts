/**
 * The live registry of an engine: the skills that are loaded, what a load found wrong, and how skills get into VMs.
 * @module
 */
import type { LoadProblem, LogEvent, SkillRoot } from "../../contract/contract.ts";
import type { LuaSkillsError, LuaSkillsErrorCode } from "../../errors.ts";
import type { ManifestCache } from "../../skills/manifest/cache.ts";
import { buildRegistry } from "../../skills/registry/registry.ts";
import { skillDirIn } from "../../skills/registry/roots.ts";
import type { LoadedSkill, RegisteredEntry, SkillRegistry } from "../../skills/types.ts";
import type { Vfs } from "../../vfs/interface.ts";
import type { RegistrySnapshot } from "../../wire/protocol.ts";
import type { EngineSettings } from "../settings.ts";
import type { LoadedVm, SkillEntries } from "../vms/loaded-vm.ts";
import type { RunState } from "../vms/run-state.ts";
import type { VmBook } from "../vms/vm-book.ts";

export interface LiveRegistryOptions {
  readonly settings: EngineSettings;
  readonly book: VmBook;
  readonly vfs: Vfs;
  log(event: LogEvent): void;
  emitProblem(problem: LoadProblem): void;
  changed(snapshot: RegistrySnapshot): void;
}

/** What a load brings. */
export interface LiveState {
  readonly registry: SkillRegistry;
  readonly problems: readonly LoadProblem[];
  readonly roots: readonly SkillRoot[];
}

/** Failures that lie in the skill, not in the moment it was loaded. */
const brokenSkill = new Set<LuaSkillsErrorCode>(["lua_error", "lua_syntax_error", "memory_exceeded", "not_found"]);

export class LiveRegistry {
  #state: LiveState;
  #entries: { of?: SkillRegistry; bySkill: ReadonlyMap<string, readonly RegisteredEntry[]> } = { bySkill: new Map() };
  /** Of the loads so far; the first one makes it. */
  manifests: ManifestCache | undefined;
  /** Entry files that compiled, with their version then. */
  readonly compiled = new Map<string, string | undefined>();

  constructor(private readonly options: LiveRegistryOptions) {
    this.#state = { registry: this.#build([]), problems: [], roots: [] };
  }

  get registry(): SkillRegistry {
    return this.#state.registry;
  }

  get problems(): readonly LoadProblem[] {
    return this.#state.problems;
  }

  /** The chain that was loaded last; empty before. */
  get roots(): readonly SkillRoot[] {
    return this.#state.roots;
  }

  /** The chain operations work on: the loaded one, before that the configured one. */
  get chain(): readonly SkillRoot[] {
    return this.roots.length > 0 ? this.roots : this.options.settings.roots;
  }

  /** Loaded, or there and broken, disabled or not looked at yet. */
  isSkill(id: string): boolean {
    if (this.registry.skill(id)) return true;
    return this.chain.some((root) => this.options.vfs.stat(skillDirIn(root, id)) !== undefined);
  }

  get snapshot(): RegistrySnapshot {
    return { entries: this.registry.entries.map((entry) => entry.descriptor), problems: this.problems };
  }

  /** Swaps in what a load brought, as a whole. */
  replace(state: LiveState): void {
    this.#state = state;
  }

  /** What a VM of this key holds: one skill, or under "shared" all of them; "" is host code, which has none. */
  skillsOf(key: string): SkillEntries[] {
    const { registry } = this;
    const wanted = this.options.settings.isolated ? [registry.skill(key)] : registry.skills;
    return wanted.flatMap((skill) => (skill ? [{ skill, entries: this.#entriesOf(skill) }] : []));
  }

  /** Puts the skills of a key into a fresh VM. @throws LuaSkillsError with a text of vulcan-api.md §3.1 */
  async loadInto(loaded: LoadedVm, key: string, run: RunState): Promise<void> {
    const { book, vfs } = this.options;
    const skills = this.skillsOf(key);
    const options = book.loadOptions(run);
    book.bind(loaded.vm, run);
    try {
      loaded.beginLoading();
      for (const { skill } of skills) await loaded.loadChunks(vfs, skill, options);
      loaded.endLoading(skills);
    } finally {
      book.unbind(loaded.vm);
    }
  }

  /** A skill that broke when a VM first needed it: with policy "isolate" it leaves the registry. */
  loadFailed(skill: LoadedSkill, error: LuaSkillsError): void {
    const { settings, log, emitProblem, changed } = this.options;
    if (settings.loadPolicy !== "isolate" || !brokenSkill.has(error.code)) return;
    const { registry, problems, roots } = this.#state;
    if (registry.skill(skill.skillId) !== skill) return;
    const problem: LoadProblem = {
      skillId: skill.skillId,
      rootName: skill.root.name,
      skillDir: skill.dir,
      phase: "lua",
      message: error.message,
      error: error.toData(),
    };
    const others = registry.skills.filter((other) => other !== skill);
    this.replace({ registry: this.#build(others, registry), problems: [...problems, problem], roots });
    changed(this.snapshot);
    log({ level: "error", message: `[LuaSkill] Failed to load ${skill.skillId}: ${error.message}` });
    emitProblem(problem);
  }

  #build(skills: readonly LoadedSkill[], before?: SkillRegistry): SkillRegistry {
    return buildRegistry(skills, this.options.settings.hostOptions.reservedEntryNames, before);
  }

  #entriesOf(skill: LoadedSkill): readonly RegisteredEntry[] {
    const { registry } = this;
    if (this.#entries.of !== registry) {
      const bySkill = new Map<string, RegisteredEntry[]>();
      for (const entry of registry.entries) {
        const list = bySkill.get(entry.skill.skillId) ?? [];
        list.push(entry);
        bySkill.set(entry.skill.skillId, list);
      }
      this.#entries = { of: registry, bySkill };
    }
    return this.#entries.bySkill.get(skill.skillId) ?? [];
  }
}
