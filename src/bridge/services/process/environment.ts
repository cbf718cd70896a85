import { LuaSkillsError } from "../../../errors.ts";
import type { BridgeConfig } from "../../config.ts";

/** Variables by which a program, its loader or its interpreter takes on other code: accepted only by their whole name. */
const loadsCode =
  /^(?:LD_.*|DYLD_.*|GLIBC_TUNABLES|GCONV_PATH|PATH|PATHEXT|IFS|ENV|BASH_ENV|BASH_FUNC_.*|SHELLOPTS|BASHOPTS|PS4|PROMPT_COMMAND|ZDOTDIR|NODE_.*|NPM_.*|PYTHON.*|PERL.*|RUBY.*|LUA_.*|JAVA_.*|JDK_.*|_JAVA_.*|GIT_.*|SSH_.*|EDITOR|VISUAL|PAGER|LESSOPEN|LESSCLOSE|MANPAGER|HOME|XDG_.*|TMPDIR|ComSpec|SystemRoot|LUASKILLS_BRIDGE_RUN)$/i;

/**
 * What a program sees: what is inherited of the bridge's own environment, then what the runtime sets.
 * @throws LuaSkillsError `permission_denied` for a variable that is not accepted
 */
export function programEnvironment(
  { inherit, accept }: BridgeConfig["environment"],
  wanted: Readonly<Record<string, string>>,
  own: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const env: Record<string, string> = Object.create(null);
  for (const name of inherit) {
    const value = own[name];
    if (value !== undefined) env[name] = value;
  }
  for (const [name, value] of Object.entries(wanted)) {
    if (name === "" || name.includes("=")) throw denied(name);
    const exact = accept.includes(name);
    const some = accept.some((each) => each.endsWith("*") && name.startsWith(each.slice(0, -1)));
    if (!exact && (!some || loadsCode.test(name))) throw denied(name);
    env[name] = value;
  }
  return env;
}

function denied(name: string): LuaSkillsError {
  return new LuaSkillsError(
    "permission_denied",
    `the bridge does not accept the environment variable ${JSON.stringify(name)}; name it under "environment.accept" of its configuration`,
  );
}
