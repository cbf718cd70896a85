/**
 * Structured errors of modules (host-modules.md §11): kind, retryable, details. Thrown by a handler they become the second
 * value Lua sees; thrown by Lua they arrive as the `data` of a `LuaSkillsError`.
 * @module
 */
import { LuaSkillsError, type LuaSkillsErrorCode } from "../../errors.ts";
import type { LuaValue } from "../../lua/interface.ts";
import { errorBrand, hasBrand } from "./brand.ts";

export const errorKinds = {
  NOT_FOUND: "NotFound",
  ALREADY_EXISTS: "AlreadyExists",
  INVALID: "Invalid",
  PERMISSION_DENIED: "PermissionDenied",
  UNAVAILABLE: "Unavailable",
  INTERNAL: "Internal",
  CANCELED: "Canceled",
  CONFLICT: "Conflict",
  TIMEOUT: "Timeout",
  RATE_LIMITED: "RateLimited",
  UNKNOWN: "",
} as const;

/** One of the standard kinds, or any text of a module's own. */
export type ErrorKind = (typeof errorKinds)[keyof typeof errorKinds] | (string & {});

export interface LuaErrorOptions {
  /** Default `""`, unknown. */
  readonly kind?: ErrorKind;
  /** Undefined: nobody knows. */
  readonly retryable?: boolean | undefined;
  /** JSON-like; string keys at the top. */
  readonly details?: Readonly<Record<string, LuaValue>> | undefined;
  readonly cause?: unknown;
}

export class LuaError extends Error {
  override readonly name = "LuaError";
  readonly [errorBrand] = true;
  readonly kind: ErrorKind;
  readonly retryable: boolean | undefined;
  readonly details: Readonly<Record<string, LuaValue>> | undefined;

  constructor(message: string, { kind = "", retryable, details, cause }: LuaErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.retryable = retryable;
    this.details = details;
  }

  withKind(kind: ErrorKind): LuaError {
    return this.#with({ kind });
  }
  withRetryable(retryable: boolean): LuaError {
    return this.#with({ retryable });
  }
  withDetails(details: Readonly<Record<string, LuaValue>>): LuaError {
    return this.#with({ details });
  }

  #with(changes: LuaErrorOptions): LuaError {
    const { kind, retryable, details, cause } = this;
    return new LuaError(this.message, { kind, retryable, details, cause, ...changes });
  }
}

/**
 * An error for Lua: `throw luaError("no such place", { kind: "NotFound", details: { place } })` gives Lua `nil, err`.
 * Immutable; `withKind`, `withRetryable` and `withDetails` answer copies.
 */
export function luaError(message: string, options?: LuaErrorOptions): LuaError {
  return new LuaError(message, options);
}

export function isLuaError(value: unknown): value is LuaError {
  return hasBrand(value, errorBrand);
}

const kindOfCode: Partial<Record<LuaSkillsErrorCode, readonly [kind: ErrorKind, retryable: boolean]>> = {
  invalid_argument: ["Invalid", false],
  invalid_archive: ["Invalid", false],
  invalid_database: ["Invalid", false],
  invalid_manifest: ["Invalid", false],
  invalid_result: ["Invalid", false],
  not_found: ["NotFound", false],
  entry_not_found: ["NotFound", false],
  permission_denied: ["PermissionDenied", false],
  network_error: ["Unavailable", true],
  overloaded: ["Unavailable", true],
  storage_unavailable: ["Unavailable", true],
  quota_exceeded: ["Unavailable", true],
  capability_unavailable: ["Unavailable", false],
  conflict: ["Conflict", false],
  storage_in_use: ["Conflict", false],
  options_differ: ["Conflict", false],
  deadline_exceeded: ["Timeout", true],
  aborted: ["Canceled", false],
  runtime_closed: ["Canceled", false],
};

const kindOfName: Readonly<Record<string, readonly [kind: ErrorKind, retryable: boolean]>> = {
  AbortError: ["Canceled", false],
  TimeoutError: ["Timeout", true],
  QuotaExceededError: ["Unavailable", true],
  DataCloneError: ["Invalid", false],
};

/** Any thrown value as a module error (host-modules.md §10, §11). What is not known becomes `Internal`. */
export function fromUnknown(thrown: unknown): LuaError {
  if (isLuaError(thrown)) return thrown;
  if (!(thrown instanceof Error)) return new LuaError(String(thrown), { kind: "Internal", retryable: false });
  const known =
    thrown.name === "LuaSkillsError" ? kindOfCode[LuaSkillsError.from(thrown).code] : kindOfName[thrown.name];
  const [kind, retryable] = known ?? (isFailedFetch(thrown) ? ["Unavailable", true] : ["Internal", false]);
  return new LuaError(thrown.message, { kind, retryable, cause: thrown });
}

/** Every engine has a text of its own for a `fetch` that got no answer; they are all TypeErrors. */
function isFailedFetch(error: Error): boolean {
  return error.name === "TypeError" && /fetch|network|load failed/i.test(error.message);
}
