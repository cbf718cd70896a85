import { skillFiles } from "./editor.ts";
import { selectedSkill, skillsDir } from "./library.ts";

export interface TracePart {
  readonly text: string;
  /** Where a click leads, when the place is a file of the skill. */
  readonly target: { readonly path: string; readonly line: number } | undefined;
}

/** `path/to/file.lua:12:` or `[string "module.name"]:12:` anywhere in an error text. */
const place = /(?:\[string "([^"]+)"\]|((?:[\w.-]*\/)*[\w-][\w.-]*)):(\d+)/g;

/** An error text or traceback in parts, the places in it as links. */
export function traceParts(text: string): TracePart[] {
  const parts: TracePart[] = [];
  let at = 0;
  for (const match of text.matchAll(place)) {
    const path = fileOf(match[1] ?? match[2] ?? "");
    if (!path) continue;
    parts.push({ text: text.slice(at, match.index), target: undefined });
    parts.push({ text: match[0], target: { path, line: Number(match[3]) } });
    at = match.index + match[0].length;
  }
  parts.push({ text: text.slice(at), target: undefined });
  return parts.filter((part) => part.text !== "");
}

/** Chunk names are file paths, or the lua_module of an entry (`notebook.add`: its last word names the file). */
function fileOf(name: string): string | undefined {
  if (name.startsWith("/")) return name;
  const skill = selectedSkill.value;
  if (!skill) return undefined;
  const files = skillFiles.value;
  const base = `${skillsDir}/${skill.id}`;
  if (files.includes(`${base}/${name}`)) return `${base}/${name}`;
  const last = name
    .split(/[./]/)
    .filter((part) => part !== "lua")
    .at(-1);
  return files.find((path) => path.endsWith(`/${name}`) || path.endsWith(`/${last}.lua`));
}
