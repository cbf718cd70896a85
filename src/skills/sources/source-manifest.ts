/**
 * Source manifests: where a version of a skill can be downloaded (spec engine.md §8.7). YAML or JSON.
 * @module
 */

import { isSha256Hex } from "../../base/bytes/sha256.ts";
import { LuaSkillsError } from "../../errors.ts";
import { withShapeFaults } from "../manifest/file.ts";
import { requireIdentifier } from "../manifest/identifiers.ts";
import { requireVersion } from "../manifest/version.ts";
import { type InstallSourceType, installSourceTypes } from "../registry/state-files.ts";
import { YamlCursor } from "../yaml/cursor.ts";
import { parseYaml } from "../yaml/yaml.ts";

export interface SourceManifest {
  readonly version: string;
  readonly archiveUrl: string;
  /** Lower case. */
  readonly sha256: string;
  readonly tag: string | undefined;
}

/** @throws LuaSkillsError `invalid_manifest`. */
export function parseSourceManifest(
  text: string,
  url: string,
  expected: { readonly skillId: string; readonly sourceType: InstallSourceType },
): SourceManifest {
  const what = `skill source manifest from ${url}`;
  const file = parseYaml(text, what);
  const decoded = withShapeFaults(() => {
    const root = new YamlCursor(file);
    root.optional("schema_version")?.unsigned();
    const archive = root.required("archive");
    const update = root.optional("update");
    return {
      skillId: root.required("skill_id").scalarText(),
      version: root.required("version").scalarText(),
      type: (archive.get("type") ?? archive.get("archive_type") ?? archive.required("type")).scalarText(),
      url: archive.required("url").scalarText(),
      sha256: archive.required("sha256").scalarText(),
      update:
        update === undefined
          ? undefined
          : {
              sourceType: update.required("source_type").oneOf(...installSourceTypes),
              locator: update.required("locator").scalarText(),
              tag: update.optional("tag")?.scalarText(),
            },
    };
  }, `Failed to parse ${what}`);
  const skillId = requireIdentifier(decoded.skillId, "source manifest skill_id", "invalid_manifest");
  if (skillId !== expected.skillId)
    throw invalid(`source manifest resolves to skill_id '${skillId}' instead of '${expected.skillId}'`, url);
  const version = requireVersion(decoded.version, "source manifest version");
  if (decoded.type.trim().toLowerCase() !== "zip")
    throw invalid(`source manifest archive type '${decoded.type}' is not supported; expected zip`, url);
  const archiveUrl = decoded.url.trim();
  if (archiveUrl === "") throw invalid("source manifest archive.url must not be empty", url);
  const sha256 = decoded.sha256.trim();
  if (!isSha256Hex(sha256)) throw invalid("source manifest archive.sha256 must be one valid SHA-256 value", url);
  const tag = decoded.update?.sourceType === expected.sourceType ? decoded.update.tag : undefined;
  return { version, archiveUrl, sha256: sha256.toLowerCase(), tag };
}

function invalid(message: string, url: string): LuaSkillsError {
  return new LuaSkillsError("invalid_manifest", message, { data: { url } });
}
