import type { LuaSkillsErrorCode } from "../../errors.ts";
import type { Command } from "./command.ts";

/** What scripts know of a failure of the page: kind, and whether it is worth another try (host-modules.md §10). */
const kinds: Partial<Record<LuaSkillsErrorCode, readonly [kind: string, retryable: boolean]>> = {
  aborted: ["Canceled", false],
  budget_exceeded: ["Internal", false],
  conflict: ["Conflict", false],
  deadline_exceeded: ["Timeout", true],
  entry_not_found: ["NotFound", false],
  invalid_argument: ["Invalid", false],
  invalid_result: ["Invalid", false],
  network_error: ["Unavailable", true],
  not_found: ["NotFound", false],
  overloaded: ["Unavailable", true],
  permission_denied: ["PermissionDenied", false],
  runtime_closed: ["Canceled", false],
};

/**
 * A handler whose failures are told in the words of modules. By name and not by class: the runtime this is handed to may
 * come from another file of the package, with an error class of its own.
 */
export function withKinds(command: Command): Command {
  return async (payload, context) => {
    try {
      return await command(payload, context);
    } catch (thrown) {
      if (!(thrown instanceof Error) || thrown.name === "LuaError") throw thrown;
      const code = (thrown as { readonly code?: LuaSkillsErrorCode }).code;
      const [kind, retryable] = (code && kinds[code]) ?? ["Internal", false];
      throw Object.assign(new Error(thrown.message, { cause: thrown }), { name: "LuaError", kind, retryable });
    }
  };
}
