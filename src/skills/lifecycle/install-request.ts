/**
 * `SkillInstallRequest` and the skill id it stands for (spec engine.md §8.2).
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import { requireIdentifier } from "../manifest/identifiers.ts";
import { OptionReader } from "../options/option-reader.ts";
import { type InstallSourceType, installSourceTypes } from "../registry/state-files.ts";
import { parseGithubLocator } from "../sources/github-locator.ts";

export interface SkillInstallRequest {
  readonly skillId: string | undefined;
  readonly source: string | undefined;
  readonly sourceType: InstallSourceType;
}

/** From the native JSON. @throws LuaSkillsError `invalid_argument` naming the member. */
export function decodeInstallRequest(value: unknown): SkillInstallRequest {
  const request = new OptionReader(value, "request");
  return {
    skillId: request.optional("skill_id")?.string(),
    source: request.optional("source")?.string(),
    sourceType: request.get("source_type")?.oneOf(...installSourceTypes) ?? "github",
  };
}

/**
 * The explicit id, else the one the source stands for. A GitHub source has to be a locator even beside an explicit id.
 * @throws LuaSkillsError `invalid_argument`.
 */
export function skillIdOfRequest(request: SkillInstallRequest): string {
  const derived = derivedId(request);
  const skillId = request.skillId?.trim() || derived;
  if (skillId) return requireIdentifier(skillId, "skill_id");
  throw new LuaSkillsError(
    "invalid_argument",
    "install/update request requires skill_id or one source that can derive it",
  );
}

function derivedId({ source, sourceType }: SkillInstallRequest): string | undefined {
  if (source === undefined) return undefined;
  if (sourceType === "github") return requireIdentifier(parseGithubLocator(source).name, "derived github skill_id");
  return sourceType === "official_hub" ? source.trim() : undefined;
}
