import { readDependencies } from "../../skills/dependencies/manifest.ts";
import { identifierComplaint, isIdentifier } from "../../skills/manifest/identifiers.ts";
import { nearestIdentifier } from "../../skills/manifest/nearest-identifier.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { error, type Finding, warning } from "./finding.ts";

/** What published packages hold (engine.md §2.1), and what only authors need. */
export const packaged =
  /^(?:skill\.yaml|dependencies\.yaml|README(?:\.[\w-]+)?\.md|LICENSE)$|^(?:runtime|node|python|help|schemas|overflow_templates|resources|licenses)\//;
const authors = /^(?:tests|types|\.vscode)\/|^\.(?:luarc\.json|gitignore|gitattributes|editorconfig)$|-skill\.zip$/;

/** The folder's name, and files that are packed with nothing or stay behind. */
export function folderFaults(skillId: string, files: ReadonlyMap<string, Uint8Array>): Finding[] {
  const found: Finding[] = [];
  if (!isIdentifier(skillId)) {
    const meant = nearestIdentifier(skillId) || "my-skill";
    found.push(error("", `${identifierComplaint("skill directory name")}; rename the folder, for example to ${meant}`));
  }
  const names = new Map<string, string>();
  const strangers = new Set<string>();
  for (const file of files.keys()) {
    const twin = names.get(file.toLowerCase());
    if (twin !== undefined)
      found.push(error(file, `differs from ${twin} in capitals only; they are one file on some disks`));
    names.set(file.toLowerCase(), file);
    if (!packaged.test(file) && !authors.test(file)) strangers.add(file.split("/")[0] ?? "");
  }
  for (const name of strangers) found.push(warning(name, "is none of what packages hold; pack leaves it out"));
  return found;
}

/** `dependencies.yaml` reads, and what of it this runtime can have. */
export function dependencyFaults(vfs: Vfs, skillDir: string): Finding[] {
  const file = "dependencies.yaml";
  return readDependencies(vfs, skillDir)
    .filter(({ kind }) => kind !== "lua")
    .map(({ kind, name, required }) => {
      const what = kind === "tool" ? "a program" : "a native library";
      const text = `${name} is ${what}: it needs a host with a bridge`;
      return warning(
        file,
        required ? `${text}; elsewhere the skill does not load unless dependencyPolicy is "lenient"` : text,
      );
    });
}
