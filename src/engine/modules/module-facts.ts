import type { RaisedError } from "../../modules/vm/module-vm.ts";

/** What an error object says, as the `data` of a `LuaSkillsError` (host-modules.md §10). */
export function runFacts({ facts }: RaisedError): Readonly<Record<string, unknown>> {
  if (!facts) return {};
  const { kind, retryable, details } = facts;
  return {
    kind: kind === "" ? "Internal" : kind,
    ...(retryable === undefined ? {} : { retryable }),
    ...(details === undefined || details === null ? {} : { details }),
  };
}
