/**
 * Whether a package may have what its manifest says it needs: asked when it is installed, before it is there.
 * @module
 */
import { joinPath } from "../../base/path-text.ts";
import { LuaSkillsError } from "../../errors.ts";
import { type GrantedAction, grantOfAction } from "../../policy/grant-source.ts";
import { matchesAny } from "../../policy/pattern.ts";
import type { Permission } from "../../skills/manifest/permissions.ts";
import type { EngineCore } from "../core.ts";

/** Waits for a host that is asked (`decide`). @throws LuaSkillsError `permission_denied` naming the grant */
export async function permit(
  core: EngineCore,
  skill: string,
  wanted: readonly Permission[],
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  for (const permission of wanted) {
    const { grant, resource } = permission;
    const action = (Object.keys(grantOfAction) as GrantedAction[]).find((each) => grantOfAction[each] === grant);
    if (action) await asked(core, skill, action, permission, signal);
    else if (!allowed(core, skill, permission)) {
      const name = `grants[${JSON.stringify(skill)}].${grant}`;
      const text = `${needs(skill, permission)}, which is not granted: ${name} would allow it`;
      throw new LuaSkillsError("permission_denied", text, { data: { skill, resource, grant: name } });
    }
  }
}

async function asked(
  core: EngineCore,
  skill: string,
  action: GrantedAction,
  permission: Permission,
  signal: AbortSignal,
): Promise<void> {
  try {
    await core.policy.require(skill, action, permission.resource, signal);
  } catch (thrown) {
    const error = LuaSkillsError.from(thrown);
    if (error.code !== "permission_denied") throw error;
    throw new LuaSkillsError(error.code, `${needs(skill, permission)}: ${error.message}`, {
      data: error.data,
      cause: error,
    });
  }
}

const needs = (skill: string, { grant, resource }: Permission) =>
  `skill '${skill}' says in skill.yaml that it needs ${grant} ${JSON.stringify(resource)}`;

function allowed({ policy, settings }: EngineCore, skill: string, { grant, resource }: Permission): boolean {
  if (grant === "modules") {
    const granted = policy.grants.modules() ?? {};
    return [granted["*"], granted[skill]].some((names) => names !== undefined && matchesAny(names, resource));
  }
  const access = policy.filesOf(skill)?.access(sampleOf(resource, skill, settings.runtimeRoot, policy.temp)) ?? "write";
  return access === "write" || (grant === "files.read" && access === "read");
}

/** A path as the glob means it. */
function sampleOf(glob: string, skill: string, runtimeRoot: string, temp: string): string {
  const places: Readonly<Record<string, string>> = {
    own: joinPath(runtimeRoot, `data/${skill}/sample`),
    shared: joinPath(runtimeRoot, "sample"),
    temp: joinPath(temp, `${skill}/sample`),
    work: "/sample",
  };
  const place = Object.hasOwn(places, glob) ? places[glob] : undefined;
  if (place !== undefined) return place;
  return (glob.startsWith("/") ? glob : joinPath(runtimeRoot, glob)).replaceAll(/\*+|\?/g, "sample");
}
