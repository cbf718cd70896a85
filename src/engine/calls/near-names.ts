/**
 * Why there is no entry of a name: its skill was not loaded, or a name close to it is meant.
 * @module
 */
import { editDistance } from "../../base/text/edit-distance.ts";
import type { LoadProblem } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { SkillRegistry } from "../../skills/types.ts";

const offered = 3;
/** Registries beyond this are not searched: the suggestion is a courtesy. */
const searched = 5000;

export interface Known {
  readonly registry: SkillRegistry;
  readonly problems: readonly LoadProblem[];
}

export function entryNotFound(name: string, { registry, problems }: Known): LuaSkillsError {
  const broken = problemOf(name, problems, registry);
  if (broken) {
    const message = `Lua skill '${name}' not found: skill '${broken.skillId}' was not loaded: ${broken.message}`;
    return new LuaSkillsError("entry_not_found", message, { data: { name, near: [], problem: { ...broken } } });
  }
  const near = nearNames(name, registry);
  const hint = near.length > 0 ? `; did you mean ${near.map((n) => `'${n}'`).join(" or ")}?` : "";
  return new LuaSkillsError("entry_not_found", `Lua skill '${name}' not found${hint}`, { data: { name, near } });
}

/** Of the skill whose entry it would be; the longest id counts, as `pay` and `pay-pal` may both be broken. */
function problemOf(name: string, problems: readonly LoadProblem[], registry: SkillRegistry): LoadProblem | undefined {
  // What a load only warned of is loaded.
  const loaded = (skillId: string) =>
    registry.entries.some(({ canonicalName }) => canonicalName.startsWith(`${skillId}-`));
  return problems
    .filter(({ skillId }) => name === skillId || name.startsWith(`${skillId}-`))
    .filter(({ severity, skillId }) => severity !== "warning" || !loaded(skillId))
    .sort((a, b) => b.skillId.length - a.skillId.length)[0];
}

function nearNames(name: string, registry: SkillRegistry): string[] {
  const wanted = name.trim().toLowerCase();
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  return registry.entries
    .slice(0, searched)
    .map(({ canonicalName, entry }) => {
      const local = entry.name === wanted ? 0 : Number.POSITIVE_INFINITY;
      return { canonicalName, distance: Math.min(local, editDistance(wanted, canonicalName, limit)) };
    })
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, offered)
    .map(({ canonicalName }) => canonicalName);
}
