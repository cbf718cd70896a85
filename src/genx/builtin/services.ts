import type { LuaValue, LuaVm } from "../../lua/interface.ts";
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
  /** May the request go there? Asked for the address and for every redirect. */
  readonly permits: (url: string) => boolean;
}

export interface GenxHttpAnswer {
  readonly status: number;
  /** Names in any case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What GenX's Lua half needs of the engine it runs in. */
export interface GenxServices {
  env(name: string): string | undefined;
  /** @throws LuaSkillsError `permission_denied` | `network_error` | `deadline_exceeded` | `aborted` */
  fetch(request: GenxHttpRequest): Promise<GenxHttpAnswer>;
  /** The values of a skill; undefined: of the host's own code. */
  kvs(skillId: string | undefined): Promise<KeyValues> | KeyValues;
  readonly packages: Packages;
}

/** One call of a function of the Lua half. */
export interface GenxCall {
  /** Aborts when the run is stopped. */
  readonly signal: AbortSignal;
  readonly skillId: string | undefined;
  /** Where it comes from: what it began ends with it. */
  readonly vm: Pick<LuaVm, "onClose">;
  /** Unix milliseconds. */
  now(): number;
  log(level: "debug" | "info" | "warn" | "error", text: string): void;
  /** Asks the page half. @throws Error; a module's error object says more */
  command(name: string, payload: LuaValue): Promise<LuaValue>;
  /** `undecided`: the host has said nothing about security. */
  decide(action: string, resource: string): "allow" | "deny" | "undecided";
}

/** Where the mistakes of upstream stay mistakes, on request. */
export interface GenxCompat {
  /** `require` answers nil instead of raising. */
  readonly requireNil?: boolean;
  /** What `recv` gives as its second value at the end of a stream; absent: nil. */
  readonly eofText?: string;
}
