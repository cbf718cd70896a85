/**
 * Host tools with types of their own.
 * @module
 */

import type { CallbackContext, HostTools, Json, JsonInput, JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";

type HostTool = HostTools[string];

export interface HostToolOptions {
  /** JSON Schema of the arguments. What does not fit is refused before the tool runs: the skill gets `error.code` `invalid_argument`. */
  readonly schema?: JsonObject;
}

/**
 * A tool that skills call with `vulcan.host.call(name, args)`, with the type of its arguments. The type is your word: with `schema` the
 * arguments are held against it, too. A `LuaSkillsError` it throws reaches the skill with its code.
 *
 * @example
 * hostTools: { weather: hostTool<{ city: string }>(async ({ city }, { signal }) => forecast(city, signal)) }
 *
 * @throws LuaSkillsError `invalid_argument` for what is no function
 */
export function hostTool<Args extends object, Result = Json>(
  run: (args: Args, context: CallbackContext) => (Result & JsonInput<Result>) | Promise<Result & JsonInput<Result>>,
  { schema }: HostToolOptions = {},
): HostTool {
  if (typeof run !== "function") {
    throw new LuaSkillsError("invalid_argument", `hostTool(run, { schema? }) takes a function, got ${typeof run}`);
  }
  return async (args, context) => {
    try {
      if (schema) {
        const { checkArguments } = await import("../../client/validate-arguments.ts");
        await checkArguments(schema, "the host tool", args);
      }
      return (await run(args as unknown as Args, context)) as Json;
    } catch (thrown) {
      // As it is, so that the skill sees its code: what is thrown has one code for all.
      if (!(thrown instanceof LuaSkillsError) || thrown.code === "aborted") throw thrown;
      return { ok: false, error: { code: thrown.code, message: thrown.message } };
    }
  };
}
