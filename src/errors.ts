/**
 * The one error class of the SDK. Errors cross workers and the network as {@link ErrorData} and are rebuilt as
 * `LuaSkillsError` on the other side, with code, data and Lua traceback.
 * @module
 */

/** Every code a `LuaSkillsError` can carry. Codes are stable; messages are for people and may improve. */
export const errorCodes = [
  "aborted", // the caller's AbortSignal fired
  "budget_exceeded", // the instruction budget of a run was used up, or data is too much for its schema
  "bridge_error", // the native bridge refused or failed
  "capability_unavailable", // this environment cannot do it (processes, FFI, …)
  "conflict", // the operation collides with one in flight, or with what is there
  "deadline_exceeded", // the time limit of a run or request passed
  "entry_not_found", // no entry has that canonical name
  "internal", // a bug of ours: please report it
  "invalid_argument", // an option or argument has the wrong type, shape or range
  "invalid_archive", // a package archive breaks a rule
  "invalid_database", // bytes to import are not a sound database (data: problems)
  "invalid_manifest", // skill.yaml / dependencies.yaml cannot be used (data: file, line, column)
  "invalid_result", // a skill returned something the result protocol refuses
  "leader_changed", // the tab that ran the engine went away during the call
  "lua_error", // Lua code raised an error
  "lua_syntax_error", // Lua code does not compile (data: file, line)
  "memory_exceeded", // a VM reached its memory cap
  "network_error", // a request failed, or the network policy refused it
  "not_found", // the named file, skill, root or help page does not exist
  "overloaded", // more is at work here than there is memory for; the same request may succeed in a moment
  "options_differ", // another tab runs the engine of this store with other options (data: options)
  "output_exceeded", // a run produced more output than its limit
  "permission_denied", // policy refuses the operation
  "protocol_error", // the other side of a connection said something it must not
  "quota_exceeded", // the virtual filesystem or its backend is full
  "runtime_closed", // the runtime was disposed of
  "storage_corrupt", // durable storage does not hold what was written (data: what is damaged, what is readable)
  "storage_error", // reading or writing durable storage failed
  "storage_in_use", // another tab or process owns this store
  "storage_unavailable", // the wanted storage does not exist or is blocked here
  "wasm_unavailable", // a .wasm file is missing, is not WebAssembly, or does not pass the boot self-test
  "worker_crashed", // the engine worker died; the call may or may not have run
  "worker_unavailable", // the engine worker could not be started
] as const;

export type LuaSkillsErrorCode = (typeof errorCodes)[number];

/** A `LuaSkillsError` as plain data: what crosses postMessage, HTTP and the command line. */
export interface ErrorData {
  readonly code: LuaSkillsErrorCode;
  readonly message: string;
  /** Facts for programs: the offending file, line, limit, near names. Structured-cloneable. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** Lua stack traceback, when the error came out of Lua code. */
  readonly luaTraceback?: string;
  readonly cause?: string;
}

const knownCodes: ReadonlySet<unknown> = new Set(errorCodes);
const isCode = (code: unknown): code is LuaSkillsErrorCode => knownCodes.has(code);

/** On the prototype, so that several copies of this class (an entry point has its own) know each other's errors. */
const brand = Symbol.for("luaskills-wasm/error");

export class LuaSkillsError extends Error {
  override readonly name = "LuaSkillsError";
  readonly code: LuaSkillsErrorCode;
  readonly data: Readonly<Record<string, unknown>>;
  readonly luaTraceback: string | undefined;

  constructor(
    code: LuaSkillsErrorCode,
    message: string,
    details: { data?: Readonly<Record<string, unknown>>; luaTraceback?: string; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.data = details.data ?? {};
    this.luaTraceback = details.luaTraceback;
  }

  /** Wraps whatever was thrown; a `LuaSkillsError` comes back as it is, one that lost its class on the way is rebuilt. */
  static from(thrown: unknown, code: LuaSkillsErrorCode = "internal"): LuaSkillsError {
    return wrapped(thrown, code);
  }

  static fromData(data: ErrorData): LuaSkillsError {
    return rebuilt(data);
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: subclasses share this method, and ask for themselves
    return isInstance(this, value);
  }

  toData(): ErrorData {
    return {
      code: this.code,
      message: this.message,
      ...(Object.keys(this.data).length > 0 ? { data: this.data } : {}),
      ...(this.luaTraceback === undefined ? {} : { luaTraceback: this.luaTraceback }),
      ...(this.cause === undefined ? {} : { cause: String(this.cause) }),
    };
  }

  /** For `JSON.stringify`, which would leave the message out. */
  toJSON(): ErrorData {
    return this.toData();
  }
}

// The name is there when the stack is taken: fields of an instance come later.
Object.defineProperties(LuaSkillsError.prototype, {
  name: { value: "LuaSkillsError", configurable: true, writable: true },
  [brand]: { value: true },
});

// Outside the class: a class that names itself is renamed by bundlers, and its stacks with it.

function isInstance(type: unknown, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const own = type as typeof LuaSkillsError;
  if (Object.prototype.isPrototypeOf.call(own.prototype, value)) return true;
  return type === LuaSkillsError && (value as { readonly [brand]?: unknown })[brand] === true;
}

function rebuilt(data: ErrorData): LuaSkillsError {
  return new LuaSkillsError(data.code, data.message, data);
}

function wrapped(thrown: unknown, code: LuaSkillsErrorCode): LuaSkillsError {
  if (thrown instanceof LuaSkillsError) return thrown;
  if (thrown instanceof Error) {
    // Durable Object RPC and structured clones keep the members of an error, not its class.
    if (thrown.name === "LuaSkillsError" && isCode((thrown as Partial<LuaSkillsError>).code)) {
      const { code: known, message, data, luaTraceback, cause } = thrown as LuaSkillsError;
      return new LuaSkillsError(known, message, { data, luaTraceback, cause });
    }
    const aborted = thrown.name === "AbortError";
    return new LuaSkillsError(aborted ? "aborted" : code, thrown.message, { cause: thrown });
  }
  return new LuaSkillsError(code, String(thrown));
}
