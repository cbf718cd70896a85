/**
 * What the entries and help pages of a manifest point at, and what the vendors of models think of their names.
 * @module
 */
import type { DecodedManifest } from "../../skills/manifest/decode.ts";
import { error, type Finding, type Position, warning } from "./finding.ts";

/** Of a manifest that decodes. */
export interface CheckedManifest {
  readonly skillId: string;
  readonly manifest: DecodedManifest;
  readonly files: ReadonlyMap<string, Uint8Array>;
  position(keys: ReadonlyArray<string | number>): Position;
}

const file = "skill.yaml";

export function entryFaults({ skillId, manifest, files, position }: CheckedManifest): Finding[] {
  const topics = manifest.help.topics.map(({ name }) => name.trim());
  const seen = new Set<string>();
  return manifest.entries.flatMap((entry, at) => {
    const found: Finding[] = [];
    const here = (key: string) => position(["entries", at, key]);
    const name = entry.name.trim();
    if (seen.has(name)) found.push(error(file, `there are two entries called ${name}`, here("name")));
    seen.add(name);
    if (!isThere(files, entry.luaEntry)) {
      found.push(error(file, `entry ${name}: ${missing(entry.luaEntry, "runtime", files)}`, here("lua_entry")));
    }
    const help = entry.help.trim();
    if (help !== "" && help !== "main" && !topics.includes(help)) {
      const known = topics.length === 0 ? "there are no help topics" : `topics: ${topics.join(", ")}`;
      found.push(error(file, `entry ${name}: help topic ${help} is not declared; ${known}`, here("help")));
    }
    const full = `${skillId}-${name}`;
    if (full.length > 64) {
      const text = `entry ${name}: the tool's name ${full} has ${full.length} characters; vendors take 64, so it is shortened`;
      found.push(warning(file, text, here("name")));
    }
    if (entry.description.trim() === "") {
      found.push(warning(file, `entry ${name} has no description; a model cannot know what it is for`, here("name")));
    } else if (entry.description.length > 1024) {
      const text = `entry ${name}: the description has ${entry.description.length} characters; some vendors take 1,024`;
      found.push(warning(file, text, here("description")));
    }
    return found;
  });
}

export function helpFaults({ manifest, files, position }: CheckedManifest): Finding[] {
  const { main, topics } = manifest.help;
  const pages = [
    { ...main, keys: ["help", "main", "file"], label: "help main" },
    ...topics.map((topic, at) => ({
      ...topic,
      keys: ["help", "topics", at, "file"],
      label: `help topic ${topic.name}`,
    })),
  ];
  return pages
    .filter((page) => page.file.trim() !== "" && !isThere(files, page.file))
    .map((page) => error(file, `${page.label}: ${missing(page.file, "help", files)}`, position(page.keys)));
}

function isThere(files: CheckedManifest["files"], path: string): boolean {
  return files.has(plain(path));
}

function plain(path: string): string {
  return path
    .replaceAll("\\", "/")
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}

function missing(path: string, folder: string, files: CheckedManifest["files"]): string {
  const names = [...files.keys()].filter((each) => each.startsWith(`${folder}/`));
  const other = names.find((each) => each.toLowerCase() === plain(path).toLowerCase());
  if (other !== undefined) return `${path} does not exist; ${other} does, and capitals count`;
  const some = names.slice(0, 5).join(", ") || "nothing";
  return `${path} does not exist; in ${folder}/ there is ${some}${names.length > 5 ? ", …" : ""}`;
}
