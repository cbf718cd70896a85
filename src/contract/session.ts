/**
 * Lua that keeps its state between pieces of code.
 * @module
 */
import type { InvocationContext } from "./invocation.ts";
import type { Json } from "./json.ts";
import type { CallProgress, LogEvent } from "./results.ts";

export interface SessionOptions {
  /** Milliseconds the session lives unused; default 600,000 (ten minutes), at most 3,600,000. */
  readonly ttlMs?: number;
  /** Current directory of its code. */
  readonly cwd?: string;
  /**
   * Canonical names of the entries its code may call; default all. What these call in turn is their affair. Needs
   * `isolation: "skill"`, the default.
   */
  readonly entries?: readonly string[];
}

export interface SessionEvalOptions {
  /** Stops the code. What the session kept may be lost with it; the error says so. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds; default and at most limits.callTimeoutMs. 0: as long as that. */
  readonly timeoutMs?: number;
  readonly context?: InvocationContext;
  /** Hears `print` and `vulcan.runtime.log` of the code and of what it calls. */
  readonly onLog?: (event: LogEvent) => void;
  /** Hears `vulcan.runtime.progress` likewise. */
  readonly onProgress?: (progress: CallProgress) => void;
}

export interface RuntimeSession extends AsyncDisposable {
  readonly id: string;
  /**
   * Runs code, with `args` in scope; the first value it returns as JSON. Several at once run one after the other. Errors count lines
   * of this code (`data.line`). @throws LuaSkillsError `lua_error`, `lua_syntax_error`, `invalid_result`, `deadline_exceeded`, `aborted`,
   * `not_found` (the session is gone: unused for `ttlMs`, or skills were loaded anew; `reset` starts it again)
   */
  eval(code: string, args?: Json, options?: SessionEvalOptions): Promise<Json>;
  /** Starts anew, without anything kept. */
  reset(): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}
