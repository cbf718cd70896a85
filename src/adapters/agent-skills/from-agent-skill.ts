import type { LifecycleOptions, Runtime, SkillApplyResult } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { type AgentSkillFiles, belowSkillText, textOf } from "./folder.ts";
import scriptEntry from "./script-entry.lua?raw";
import { readSkillText, type SkillText, wrong } from "./skill-text.ts";

export interface LuaSkillPackage {
  readonly skillId: string;
  /** `<skill id>/<path>` → content: what `createRuntime({ skills })` takes. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** Scripts that stay files and cannot be called: they are not Lua. */
  readonly skipped: readonly string[];
}

/**
 * An Agent Skill folder as a LuaSkills package. Each `scripts/*.lua` becomes an entry: one that returns a function is called with the
 * entry's arguments, any other runs with `argv` as its command line and answers what it prints. The instructions and
 * `references/*.md` become help pages. A folder that has a `skill.yaml` is a package already and stays as it is.
 *
 * @throws LuaSkillsError `invalid_argument` (no SKILL.md), `invalid_manifest` (SKILL.md, or no Lua script)
 */
export async function fromAgentSkill(files: AgentSkillFiles): Promise<LuaSkillPackage> {
  const inside = belowSkillText(files);
  const skill = await readSkillText(textOf(inside.get("SKILL.md") ?? ""));
  // Ours begin with a letter.
  const skillId = /^[a-z]/.test(skill.name) ? skill.name : `skill-${skill.name}`;
  const scripts = [...inside.keys()].filter((path) => path.startsWith("scripts/"));
  const lua = scripts.filter((path) => path.endsWith(".lua"));
  const added = inside.has("skill.yaml") ? {} : await manifestFiles(skillId, skill, lua, inside);
  return {
    skillId,
    files: Object.fromEntries(
      [...inside, ...Object.entries(added)].map(([path, content]) => [`${skillId}/${path}`, content]),
    ),
    skipped: scripts.filter((path) => !lua.includes(path)).sort(),
  };
}

/** Installs an Agent Skill folder. @throws LuaSkillsError as `fromAgentSkill` and `runtime.skills.install` */
export async function installAgentSkill(
  runtime: Pick<Runtime, "skills">,
  files: AgentSkillFiles,
  options: LifecycleOptions & { readonly replace?: boolean } = {},
): Promise<SkillApplyResult> {
  const { skillId, files: made } = await fromAgentSkill(files);
  const { zipSync } = await import("fflate");
  const bytes = Object.entries(made).map(([path, content]) => [path, bytesOf(content)] as const);
  return runtime.skills.install({ zip: zipSync(Object.fromEntries(bytes)), skillId }, options);
}

async function manifestFiles(
  skillId: string,
  skill: SkillText,
  scripts: readonly string[],
  inside: ReadonlyMap<string, string | Uint8Array>,
): Promise<Record<string, string>> {
  if (scripts.length === 0) {
    throw wrong("beside it is no scripts/*.lua, so there is nothing this runtime could call");
  }
  const files: Record<string, string> = {};
  const add = (path: string, text: string) => {
    if (inside.has(path) || path in files) {
      throw new LuaSkillsError("conflict", `${path} of this Agent Skill stands where a file of the package goes`);
    }
    files[path] = text;
  };
  const entries = scripts.map((path) => {
    const name = entryName(path);
    add(`runtime/${name}.lua`, `local script = ${JSON.stringify(path)}\n${scriptEntry}`);
    return {
      name,
      description: summaryOf(textOf(inside.get(path) ?? "")) ?? `Runs ${path} of this skill: ${skill.description}`,
      lua_entry: `runtime/${name}.lua`,
      lua_module: `${skillId}.${name}`,
      input_schema: { type: "object", properties: { argv: argvSchema } },
    };
  });
  const topics = [...inside.keys()]
    .filter((path) => /^references\/[^/]+\.md$/.test(path))
    .map((path) => {
      const name = identifier(path.slice("references/".length, -".md".length));
      add(`help/${name}.md`, textOf(inside.get(path) ?? ""));
      return { name, description: titleOf(files[`help/${name}.md`] ?? "") ?? path, file: `help/${name}.md` };
    });
  add("help/main.md", `${skill.body}\n`);
  const { stringify } = await import("yaml");
  files["skill.yaml"] = stringify({
    name: skill.name,
    version: versionOf(skill.metadata.version),
    entries,
    help: { main: { description: skill.description, file: "help/main.md" }, ...(topics.length > 0 ? { topics } : {}) },
  });
  return files;
}

const argvSchema = { type: "array", items: { type: "string" }, description: "Arguments of the script's command line" };

/** `scripts/tools/Make_Report.lua` → `tools-make-report`. */
const entryName = (path: string): string => identifier(path.slice("scripts/".length, -".lua".length));

function identifier(text: string): string {
  const plain = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[-\d]+|-+$/g, "");
  return plain === "" ? "script" : plain;
}

/** The comment a script begins with. */
function summaryOf(source: string): string | undefined {
  const [comment] = /^(?:[ \t]*--(?!\[\[)[^\n]*\n)+/.exec(source.replace(/^#![^\n]*\n/, "")) ?? [];
  const text = comment
    ?.replaceAll(/^[ \t]*-+[ \t]?/gm, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  return text === "" ? undefined : text;
}

const titleOf = (markdown: string): string | undefined => /^#+[ \t]+(.+?)[ \t]*$/m.exec(markdown)?.[1];

/** `1.0` is a version there; ours have three numbers. */
function versionOf(given: unknown): string {
  const text = typeof given === "string" || typeof given === "number" ? String(given).trim() : "";
  if (/^\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/.test(text)) return text;
  return /^\d+(?:\.\d+)?$/.test(text) ? [...text.split("."), "0", "0"].slice(0, 3).join(".") : "0.1.0";
}

const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === "string" ? new TextEncoder().encode(content) : content;
