import type { LuaValue } from "../../lua/interface.ts";
import type { KeyValues } from "./key-values.ts";
import type { Packages } from "./packages.ts";

export interface GenxHttpRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  /** Milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface GenxHttpAnswer {
  readonly status: number;
  /** Names in any case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What GenX's Lua half needs of the engine it runs in. */
export interface GenxServices {
  /** Unix milliseconds. */
  now(): number;
  env(name: string): string | undefined;
  log(level: "debug" | "info" | "warn" | "error", text: string): void;
  /** @throws LuaSkillsError `permission_denied` | `network_error` | `deadline_exceeded` | `aborted` */
  fetch(request: GenxHttpRequest): Promise<GenxHttpAnswer>;
  /** Asks the page half. @throws LuaSkillsError or a module's error object */
  command(name: string, payload: LuaValue, signal: AbortSignal): Promise<LuaValue>;
  readonly kvs: KeyValues;
  readonly packages: Packages;
}

/** Where the mistakes of upstream stay mistakes, on request. */
export interface GenxCompat {
  /** `require` answers nil instead of raising. */
  readonly requireNil?: boolean;
  /** What `recv` gives as its second value at the end of a stream; absent: nil. */
  readonly eofText?: string;
}
