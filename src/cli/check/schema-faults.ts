import { LuaSkillsError } from "../../errors.ts";
import { schemaValidator } from "../../schema/validator.ts";
import { loadManifest } from "../../skills/manifest/manifest.ts";
import type { ManifestEntry } from "../../skills/types.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { type Finding, warning } from "./finding.ts";

/** Schemas that arguments cannot be held against, which agents do before each call. */
export async function schemaFaults(vfs: Vfs, dir: string): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const { name, inputSchema } of entriesOf(vfs, dir)) {
    try {
      (await schemaValidator(inputSchema)).checkReferences();
    } catch (thrown) {
      const { message } = LuaSkillsError.from(thrown);
      found.push(warning("skill.yaml", `entry ${name}: arguments cannot be validated: ${message}`));
    }
  }
  return found;
}

/** What does not load has other faults, which are told elsewhere. */
function entriesOf(vfs: Vfs, dir: string): readonly ManifestEntry[] {
  try {
    return loadManifest(vfs, dir)?.entries ?? [];
  } catch {
    return [];
  }
}
