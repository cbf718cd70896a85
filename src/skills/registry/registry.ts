/**
 * The entry registry (spec engine.md §4): canonical names, descriptors, authority filter, delta.
 * @module
 */

import { compareBytes } from "../../base/bytes/byte-order.ts";
import { baseName } from "../../base/path-text.ts";
import type { EntryDescriptor, NativeEntryDescriptor, RegistryEvent } from "../../contract/contract.ts";
import type { LoadedSkill, ManifestEntry, RegisteredEntry, SkillRegistry } from "../types.ts";
import { isSystemRoot } from "./roots.ts";

export type Authority = "system" | "delegated_tool";

/** The complaint about a local name that occurs twice in one skill, or undefined (§3.5). */
export function duplicateEntryComplaint(skill: LoadedSkill): string | undefined {
  const seen = new Set<string>();
  for (const entry of skill.manifest.entries) {
    if (seen.has(entry.name)) return `skill '${skill.skillId}' declares duplicate local entry name '${entry.name}'`;
    seen.add(entry.name);
  }
  return undefined;
}

/**
 * Names every entry of `skills`, whatever their order: those of ROOT first, as if there were no others, then those that have
 * their plain name in `before`. So nobody takes a name by choosing a skill id.
 */
export function buildRegistry(
  skills: readonly LoadedSkill[],
  reservedNames: readonly string[] = [],
  before?: SkillRegistry,
): SkillRegistry {
  const occupied = new Set(reservedNames);
  const counters = new Map<string, number>();
  const named = new Map<string, RegisteredEntry>();
  for (const { base, skill, entry } of skills.flatMap((each) => candidates(each, before)).sort(compareCandidates)) {
    let n = counters.get(base) ?? 0;
    let canonicalName: string;
    do {
      n += 1;
      canonicalName = n === 1 ? base : `${base}-${n}`;
    } while (occupied.has(canonicalName));
    counters.set(base, n);
    occupied.add(canonicalName);
    named.set(canonicalName, { canonicalName, skill, entry, descriptor: describe(canonicalName, skill, entry) });
  }
  const byId = new Map(skills.map((skill) => [skill.skillId, skill]));
  return {
    skills: [...skills].sort((a, b) => compareBytes(a.skillId, b.skillId)),
    entries: [...named.values()].sort((a, b) => compareBytes(a.canonicalName, b.canonicalName)),
    get: (canonicalName) => named.get(canonicalName),
    skill: (skillId) => byId.get(skillId),
  };
}

/** Whether a caller may see what belongs to this skill: `delegated_tool` never sees the ROOT layer (§4.3). */
export function isVisible(skill: LoadedSkill, authority: Authority = "system"): boolean {
  return authority === "system" || !isSystemRoot(skill.root);
}

/** `list_entries_for_authority`, in canonical-name order. */
export function visibleEntries(registry: SkillRegistry, authority: Authority = "system"): RegisteredEntry[] {
  return registry.entries.filter((entry) => isVisible(entry.skill, authority));
}

/** The entry a caller may know by this exact name (`is_skill`, `skill_name_for_tool`). */
export function visibleEntry(
  registry: SkillRegistry,
  canonicalName: string,
  authority: Authority = "system",
): RegisteredEntry | undefined {
  const entry = registry.get(canonicalName);
  return entry !== undefined && isVisible(entry.skill, authority) ? entry : undefined;
}

/** The descriptor in the native JSON shape (§4.2). */
export function nativeDescriptor(descriptor: EntryDescriptor): NativeEntryDescriptor {
  return {
    canonical_name: descriptor.name,
    skill_id: descriptor.skillId,
    local_name: descriptor.localName,
    root_name: descriptor.rootName,
    skill_dir: descriptor.skillDir,
    description: descriptor.description,
    parameters: descriptor.parameters.map((parameter) => ({ ...parameter })),
    input_schema: descriptor.inputSchema,
  };
}

/** What changed, by canonical name, or undefined when nothing did (§4.4). */
export function registryDelta(before: SkillRegistry, after: SkillRegistry): RegistryEvent | undefined {
  const added: NativeEntryDescriptor[] = [];
  const updated: NativeEntryDescriptor[] = [];
  for (const entry of after.entries) {
    const old = before.get(entry.canonicalName);
    const now = nativeDescriptor(entry.descriptor);
    if (old === undefined) added.push(now);
    else if (JSON.stringify(nativeDescriptor(old.descriptor)) !== JSON.stringify(now)) updated.push(now);
  }
  const removed = before.entries.map((entry) => entry.canonicalName).filter((name) => after.get(name) === undefined);
  if (added.length + updated.length + removed.length === 0) return undefined;
  return { added_entries: added, removed_entry_names: removed, updated_entries: updated };
}

/** Entries whose plain name another skill has. */
export function nameCollisions(
  registry: SkillRegistry,
): Array<{ readonly entry: RegisteredEntry; readonly owner: RegisteredEntry }> {
  return registry.entries.flatMap((entry) => {
    const base = baseNameOf(entry.skill, entry.entry);
    const owner = entry.canonicalName === base ? undefined : registry.get(base);
    return owner === undefined || owner.skill === entry.skill ? [] : [{ entry, owner }];
  });
}

interface Candidate {
  /** 0 for ROOT; then 1 for who has the name already, 2 for everybody else. */
  readonly rank: number;
  readonly base: string;
  readonly skill: LoadedSkill;
  readonly entry: ManifestEntry;
}

function candidates(skill: LoadedSkill, before: SkillRegistry | undefined): Candidate[] {
  return skill.manifest.entries.map((entry) => {
    const base = baseNameOf(skill, entry);
    const owner = before?.get(base);
    const owns = owner?.skill.skillId === skill.skillId && owner.entry.name === entry.name;
    return { rank: isSystemRoot(skill.root) ? 0 : owns ? 1 : 2, base, skill, entry };
  });
}

const baseNameOf = (skill: LoadedSkill, entry: ManifestEntry): string => `${skill.skillId}-${entry.name}`;

function compareCandidates(a: Candidate, b: Candidate): number {
  return (
    a.rank - b.rank ||
    compareBytes(a.base, b.base) ||
    compareBytes(baseName(a.skill.dir), baseName(b.skill.dir)) ||
    compareBytes(a.skill.skillId, b.skill.skillId) ||
    compareBytes(a.entry.name, b.entry.name) ||
    compareBytes(a.entry.luaModule, b.entry.luaModule)
  );
}

function describe(canonicalName: string, skill: LoadedSkill, entry: ManifestEntry): EntryDescriptor {
  return {
    name: canonicalName,
    skillId: skill.skillId,
    localName: entry.name,
    rootName: skill.root.name,
    skillDir: skill.dir,
    description: entry.description,
    parameters: entry.parameters,
    inputSchema: entry.inputSchema,
  };
}
