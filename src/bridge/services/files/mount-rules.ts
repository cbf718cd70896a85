import { realpathSync, statSync } from "node:fs";
import path from "node:path";
import { LuaSkillsError } from "../../../errors.ts";
import type { MountRule } from "../../config.ts";
import { isWithin } from "../../within.ts";

/**
 * The real path of a directory that may be mounted.
 * @throws LuaSkillsError `permission_denied` naming the flag, `not_found`
 */
export function allowedMount(rules: readonly MountRule[], directory: string, readonly: boolean): string {
  const real = realPath(directory);
  const allowed = rules.some(({ path: each, access }) => {
    const root = realPath(each);
    if (!readonly && access !== "read-write") return false;
    return real !== undefined && root !== undefined && isWithin(root, real);
  });
  if (!allowed) {
    throw new LuaSkillsError(
      "permission_denied",
      `the bridge does not allow the directory ${JSON.stringify(directory)} to be mounted${readonly ? "" : " read-write"}; ` +
        `start it with ${readonly ? "--mount" : "--mount-rw"} ${directory}`,
    );
  }
  if (real === undefined || !statSync(real).isDirectory()) {
    throw new LuaSkillsError("not_found", `${JSON.stringify(directory)} is no directory`);
  }
  return real;
}

function realPath(file: string): string | undefined {
  try {
    return realpathSync(path.resolve(file));
  } catch {
    return undefined;
  }
}
