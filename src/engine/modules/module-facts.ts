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

/** Two 32-bit numbers that depend on nothing but the input. */
export function seedOf(input: unknown): readonly [number, number] {
  let low = 0x811c9dc5;
  let high = 0x1b873593;
  const text = JSON.stringify(input) ?? "";
  for (let i = 0; i < text.length; i++) {
    low = Math.imul(low ^ text.charCodeAt(i), 0x01000193);
    high = Math.imul(high ^ text.charCodeAt(i), 0x85ebca6b) ^ (low >>> 15);
  }
  return [low >>> 0, high >>> 0];
}
