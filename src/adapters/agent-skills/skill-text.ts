/**
 * SKILL.md: YAML between two lines of `---`, then Markdown (the public Agent Skills format).
 * @module
 */
import { messageOf } from "../../base/message-of.ts";
import { LuaSkillsError } from "../../errors.ts";

export interface SkillText {
  readonly name: string;
  readonly description: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The instructions. */
  readonly body: string;
}

const frontMatter = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/;
/** 1 to 64 small letters, digits and single hyphens inside. */
const agentName = /^(?=.{1,64}$)[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** @throws LuaSkillsError `invalid_manifest` naming the key */
export async function readSkillText(text: string): Promise<SkillText> {
  const [head, yaml] = frontMatter.exec(text) ?? [];
  if (head === undefined || yaml === undefined) {
    throw wrong("it must begin with front matter: a line ---, then name and description as YAML, then a line ---");
  }
  const { parse } = await import("yaml");
  let value: unknown;
  try {
    value = parse(yaml);
  } catch (cause) {
    throw wrong(`its front matter is no YAML: ${messageOf(cause)}`);
  }
  const { name, description, metadata } = (typeof value === "object" && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  if (typeof name !== "string" || !agentName.test(name)) {
    throw wrong(`name must be 1 to 64 of a-z, 0-9 and single hyphens inside, got ${JSON.stringify(name)}`);
  }
  if (typeof description !== "string" || description.trim() === "") {
    throw wrong("description must say in up to 1024 characters what the skill does and when to use it");
  }
  return {
    name,
    description: description.trim(),
    metadata: typeof metadata === "object" && metadata !== null ? (metadata as Record<string, unknown>) : {},
    body: text.slice(head.length).trim(),
  };
}

/** A name the format allows, as near to an id as it can be. */
export function agentNameOf(skillId: string): string {
  return skillId.replaceAll(/-{2,}/g, "-").slice(0, 64).replace(/-$/, "");
}

export async function writeSkillText(
  { name, description, body }: Pick<SkillText, "name" | "description" | "body">,
  more: Readonly<Record<string, unknown>>,
): Promise<string> {
  const { stringify } = await import("yaml");
  return `---\n${stringify({ name, description: description.slice(0, 1024), ...more })}---\n\n${body.trim()}\n`;
}

export function wrong(what: string): LuaSkillsError {
  return new LuaSkillsError("invalid_manifest", `SKILL.md: ${what}`, { data: { file: "SKILL.md" } });
}
