import type { LuaSkillsErrorCode } from "../errors.ts";

/** Exit codes of the command line; part of its contract (docs/cli.md). */
export const exitCodes = {
  ok: 0,
  /** The skill failed: a Lua error, or a result the protocol refuses. */
  skillFailed: 1,
  /** The command line, the arguments or the skills folder cannot be used. */
  usage: 2,
  entryNotFound: 3,
  /** A limit ended the call: time, budget, memory, output. */
  limit: 4,
  /** Storage or the WebAssembly files failed. */
  environment: 5,
  /** A bug of ours. */
  internal: 70,
} as const;

const byCode: Partial<Record<LuaSkillsErrorCode, number>> = {
  lua_error: exitCodes.skillFailed,
  lua_syntax_error: exitCodes.skillFailed,
  invalid_result: exitCodes.skillFailed,
  invalid_manifest: exitCodes.skillFailed,
  capability_unavailable: exitCodes.skillFailed,
  permission_denied: exitCodes.skillFailed,
  network_error: exitCodes.skillFailed,
  invalid_argument: exitCodes.usage,
  not_found: exitCodes.usage,
  entry_not_found: exitCodes.entryNotFound,
  deadline_exceeded: exitCodes.limit,
  budget_exceeded: exitCodes.limit,
  memory_exceeded: exitCodes.limit,
  output_exceeded: exitCodes.limit,
  quota_exceeded: exitCodes.limit,
  storage_corrupt: exitCodes.environment,
  storage_error: exitCodes.environment,
  storage_in_use: exitCodes.environment,
  storage_unavailable: exitCodes.environment,
  wasm_unavailable: exitCodes.environment,
};

export function exitCodeOf(code: LuaSkillsErrorCode): number {
  return byCode[code] ?? exitCodes.internal;
}
