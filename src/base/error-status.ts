/**
 * What each error code is in other worlds: a status of HTTP, an exit code of the command line. Both are part of the contract
 * (docs/limits-and-errors.md, docs/command-line.md). Never 500 for what a caller or a skill did.
 * @module
 */
import type { LuaSkillsErrorCode } from "../errors.ts";

/** Exit codes of the command line. */
export const exitCodes = {
  ok: 0,
  /** The skill failed: a Lua error, a result the protocol refuses, a package that breaks a rule. */
  skillFailed: 1,
  /** The command line, the arguments or the skills folder cannot be used. */
  usage: 2,
  entryNotFound: 3,
  /** A limit ended the call: time, budget, memory, output. */
  limit: 4,
  /** Storage, the WebAssembly files, or another program that is needed failed. */
  environment: 5,
  /** A bug of ours. */
  internal: 70,
  /** Stopped from outside, as shells count SIGINT. */
  aborted: 130,
} as const;

const { skillFailed, usage, entryNotFound, limit, environment, internal } = exitCodes;

interface ErrorStatus {
  readonly http: number;
  readonly exit: (typeof exitCodes)[keyof typeof exitCodes];
}

export const errorStatus = {
  // 499: the caller is gone, as servers log it.
  aborted: { http: 499, exit: exitCodes.aborted },
  budget_exceeded: { http: 504, exit: limit },
  bridge_error: { http: 502, exit: environment },
  capability_unavailable: { http: 501, exit: skillFailed },
  conflict: { http: 409, exit: usage },
  deadline_exceeded: { http: 504, exit: limit },
  entry_not_found: { http: 404, exit: entryNotFound },
  internal: { http: 500, exit: internal },
  invalid_argument: { http: 400, exit: usage },
  invalid_archive: { http: 422, exit: skillFailed },
  invalid_database: { http: 422, exit: skillFailed },
  invalid_manifest: { http: 422, exit: skillFailed },
  invalid_result: { http: 422, exit: skillFailed },
  leader_changed: { http: 503, exit: environment },
  lua_error: { http: 422, exit: skillFailed },
  lua_syntax_error: { http: 422, exit: skillFailed },
  memory_exceeded: { http: 413, exit: limit },
  network_error: { http: 502, exit: skillFailed },
  not_found: { http: 404, exit: usage },
  options_differ: { http: 409, exit: environment },
  output_exceeded: { http: 413, exit: limit },
  overloaded: { http: 503, exit: environment },
  permission_denied: { http: 403, exit: skillFailed },
  protocol_error: { http: 502, exit: environment },
  quota_exceeded: { http: 507, exit: limit },
  runtime_closed: { http: 503, exit: environment },
  storage_corrupt: { http: 500, exit: environment },
  storage_error: { http: 500, exit: environment },
  storage_in_use: { http: 409, exit: environment },
  storage_unavailable: { http: 503, exit: environment },
  wasm_unavailable: { http: 500, exit: environment },
  worker_crashed: { http: 503, exit: environment },
  worker_unavailable: { http: 503, exit: environment },
} as const satisfies Record<LuaSkillsErrorCode, ErrorStatus>;
