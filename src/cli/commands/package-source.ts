import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fromAgentSkill } from "../../adapters/agent-skills/index.ts";
import type { InstallSource } from "../../contract/contract.ts";
import { skillFiles } from "../folder/skill-files.ts";
import { zipFiles } from "../pack/zip.ts";
import { usageError } from "../usage-error.ts";

interface SourceSwitches {
  readonly sha256?: string;
  readonly id?: string;
}

/** A file, a folder, an address, `owner/repository` on GitHub, or for updates the id of what is installed. */
export async function packageSource(
  given: string,
  { sha256, id }: SourceSwitches,
  what: "install" | "update",
): Promise<InstallSource> {
  const more = { ...(sha256 === undefined ? {} : { sha256 }), ...(id === undefined ? {} : { skillId: id }) };
  if (/^https?:\/\//.test(given)) return { url: given, ...more };
  if (statSync(given, { throwIfNoEntry: false })?.isDirectory()) return folderSource(given, more);
  if (existsSync(given)) return { zip: new Uint8Array(await readFile(given)), ...more };
  if (/^[\w-][\w.-]*\/[\w.-]+$/.test(given) && !given.endsWith(".zip")) {
    return { request: { source_type: "github", source: given, ...(id === undefined ? {} : { skill_id: id }) } };
  }
  if (what === "update" && /^[a-z][a-z0-9-]*$/.test(given)) return { request: { skill_id: given } };
  throw usageError(
    `${JSON.stringify(given)} is no source: give a package file or folder, an https address, or owner/repository on GitHub`,
  );
}

/** A package's folder, or an Agent Skill with Lua scripts. */
async function folderSource(folder: string, more: { readonly sha256?: string }): Promise<InstallSource> {
  const files = skillFiles(folder);
  if (files.has("skill.yaml")) {
    const skillId = path.basename(path.resolve(folder));
    const inside = [...files].map(([name, bytes]) => [`${skillId}/${name}`, bytes] as const);
    return { zip: zipFiles(new Map(inside)), skillId, ...more };
  }
  if (!files.has("SKILL.md")) throw usageError(`${folder} holds no skill.yaml and no SKILL.md: it is no package`);
  const made = await fromAgentSkill(Object.fromEntries(files));
  const bytes = Object.entries(made.files).map(
    ([name, content]) => [name, typeof content === "string" ? new TextEncoder().encode(content) : content] as const,
  );
  return { zip: zipFiles(new Map(bytes)), skillId: made.skillId, ...more };
}
