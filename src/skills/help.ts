/**
 * Help trees and help pages (spec engine.md §5). Lua help is run by the engine, through a callback.
 * @module
 */
import type { HelpNode, HelpOwner, HelpPage, HelpTree } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import type { Vfs } from "../vfs/interface.ts";
import { packageFile } from "./manifest/package-path.ts";
import { type Authority, isVisible } from "./registry/registry.ts";
import type { HelpNode as DeclaredPage, LoadedSkill, SkillRegistry } from "./types.ts";
import { readText, reasonText } from "./vfs-text.ts";

/** A `.lua` help file to run (§5.3). */
export interface LuaHelpFile {
  readonly skill: LoadedSkill;
  /** Absolute. */
  readonly path: string;
  /** `{skill_id}-{file}` */
  readonly chunkName: string;
}

export interface HelpRequest {
  readonly skillId: string;
  readonly flowName: string;
  readonly authority?: Authority;
  /** Runs the file and answers its text; throws with the texts of §5.3. */
  readonly runLua: (file: LuaHelpFile) => string | Promise<string>;
}

/** `list_skill_help`, sorted by skill id. */
export function listSkillHelp(registry: SkillRegistry, authority: Authority = "system"): HelpTree[] {
  const names = canonicalNames(registry);
  return registry.skills
    .filter((skill) => isVisible(skill, authority))
    .map((skill) => ({
      ...owner(skill),
      main: helpNode(skill, skill.manifest.help.main, true, names),
      flows: skill.manifest.help.topics.map((topic) => helpNode(skill, topic, false, names)),
    }));
}

/**
 * `render_skill_help_detail`: null when the skill is not loaded or not visible.
 * @throws LuaSkillsError with the texts of §5.2.
 */
export async function helpDetail(vfs: Vfs, registry: SkillRegistry, request: HelpRequest): Promise<HelpPage | null> {
  const skill = registry.skill(request.skillId);
  if (skill === undefined || !isVisible(skill, request.authority)) return null;
  const flow = request.flowName.trim();
  if (flow === "") throw new LuaSkillsError("invalid_argument", "Help flow name must not be empty");
  const isMain = flow === "main";
  const { main, topics } = skill.manifest.help;
  const node = isMain ? main : topics.find((topic) => topic.name.trim() === flow);
  if (node === undefined)
    throw new LuaSkillsError("not_found", `Skill '${skill.skillId}' does not declare help flow '${flow}'`);
  const path = packageFile(skill.dir, node.file);
  const content = /\.lua$/i.test(node.file)
    ? await request.runLua({ skill, path, chunkName: `${skill.skillId}-${node.file}` })
    : readHelp(vfs, path);
  return {
    ...owner(skill),
    ...helpNode(skill, node, isMain, canonicalNames(registry)),
    content_type: "markdown",
    content,
  };
}

function readHelp(vfs: Vfs, path: string): string {
  try {
    return readText(vfs, path);
  } catch (thrown) {
    throw new LuaSkillsError("not_found", `Failed to read help file ${path}: ${reasonText(thrown)}`, {
      data: { file: path },
      cause: thrown,
    });
  }
}

function owner(skill: LoadedSkill): HelpOwner {
  return {
    skill_id: skill.skillId,
    skill_name: skill.manifest.name,
    skill_version: skill.manifest.version,
    root_name: skill.root.name,
    skill_dir: skill.dir,
  };
}

function helpNode(skill: LoadedSkill, node: DeclaredPage, isMain: boolean, names: CanonicalNames): HelpNode {
  const flow = isMain ? "main" : node.name.trim();
  const related = isMain ? skill.manifest.entries : skill.manifest.entries.filter((entry) => entry.help === flow);
  return {
    flow_name: flow,
    description: node.description.trim(),
    related_entries: related.flatMap((entry) => names.get(skill.skillId)?.get(entry.name) ?? []),
    is_main: isMain,
  };
}

/** skill id → local name → canonical name */
type CanonicalNames = ReadonlyMap<string, ReadonlyMap<string, string>>;

function canonicalNames(registry: SkillRegistry): CanonicalNames {
  const names = new Map<string, Map<string, string>>();
  for (const { canonicalName, skill, entry } of registry.entries) {
    const ofSkill = names.get(skill.skillId) ?? new Map<string, string>();
    names.set(skill.skillId, ofSkill.set(entry.name, canonicalName));
  }
  return names;
}
