import { type CheckedManifest, missingFile } from "./checked-manifest.ts";
import { error, type Finding, warning } from "./finding.ts";

const file = "skill.yaml";

/** What the entries of a manifest point at, and what the vendors of models think of their names. */
export function entryFaults({ skillId, manifest, files, position }: CheckedManifest): Finding[] {
  const topics = manifest.help.topics.map(({ name }) => name.trim());
  const seen = new Set<string>();
  return manifest.entries.flatMap((entry, at) => {
    const found: Finding[] = [];
    const here = (key: string) => position(["entries", at, key]);
    const name = entry.name.trim();
    if (seen.has(name)) found.push(error(file, `there are two entries called ${name}`, here("name")));
    seen.add(name);
    const missing = missingFile(files, entry.luaEntry, "runtime");
    if (missing !== undefined) found.push(error(file, `entry ${name}: ${missing}`, here("lua_entry")));
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
