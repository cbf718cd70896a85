import { LuaSkillsError } from "../../errors.ts";

/** Path with `/` → content. */
export type AgentSkillFiles = Readonly<Record<string, string | Uint8Array>>;

const decoder = new TextDecoder();

export const textOf = (content: string | Uint8Array): string =>
  typeof content === "string" ? content : decoder.decode(content);

/** The files below the folder that holds `SKILL.md`, whatever leads to it. @throws LuaSkillsError `invalid_argument` */
export function belowSkillText(files: AgentSkillFiles): ReadonlyMap<string, string | Uint8Array> {
  const paths = Object.keys(files).map((path) => [path, path.replace(/^(?:\.?\/)+/, "")] as const);
  const found = paths
    .flatMap(([, path]) => (/(?:^|\/)SKILL\.md$/.test(path) ? [path] : []))
    .sort((a, b) => a.length - b.length)[0];
  if (found === undefined) {
    throw new LuaSkillsError("invalid_argument", `no SKILL.md among the ${paths.length} files: this is no Agent Skill`);
  }
  const prefix = found.slice(0, -"SKILL.md".length);
  return new Map(
    paths.flatMap(([given, path]) => {
      const content = files[given];
      return path.startsWith(prefix) && content !== undefined ? [[path.slice(prefix.length), content] as const] : [];
    }),
  );
}
