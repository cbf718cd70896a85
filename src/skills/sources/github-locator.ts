/**
 * Repository locators: `owner/repo`, also as a github.com address (spec engine.md §8.2).
 * @module
 */

import { withoutTrailingSlashes } from "../../base/path-text.ts";
import { LuaSkillsError } from "../../errors.ts";

export interface GithubLocator {
  /** `owner/repo` */
  readonly repo: string;
  readonly name: string;
}

/** @throws LuaSkillsError `invalid_argument`. */
export function parseGithubLocator(source: string): GithubLocator {
  const path = source
    .trim()
    .replace(/^https?:\/\/github\.com\//i, "")
    .replace(/^\/+/, "");
  const trimmed = withoutTrailingSlashes(path);
  const parts = trimmed.split("/").map((part) => part.trim());
  const [owner, name] = parts;
  if (parts.length !== 2 || !owner || !name || parts.some((part) => /^\.+$|[\s?#%\\]/.test(part)))
    throw new LuaSkillsError(
      "invalid_argument",
      `github source '${source}' must be one repository locator in owner/repo form`,
      { data: { source } },
    );
  return { repo: `${owner}/${name}`, name };
}
