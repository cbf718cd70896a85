/**
 * An asynchronous operation as a command and the treatment of its outcome (host-modules.md §8.1). `async run` needs none.
 * @module
 */
import type { LuaValue } from "../lua/interface.ts";
import { hasBrand, yieldBrand } from "./brand.ts";
import type { Call } from "./call.ts";
import type { ModuleValue, Results } from "./results.ts";

export interface YieldSpec {
  /** The number of the command's type (§8.4); own modules use 256 and up. */
  readonly commandId: number;
  /** Plain data for the handler. */
  toCommand(): unknown;
  /** Lua values out of the outcome. Default: `data, nil` or `nil, err`. */
  handleResult?(call: Call, data: LuaValue, error: Error | undefined): ModuleValue | Results;
  /** Called exactly once: after the result was consumed, when the run ended, or when it was cancelled. */
  release?(): void;
  /** For logs, e.g. `<fetch_yield>`. */
  toString?(): string;
}

export interface YieldRequest {
  readonly [yieldBrand]: YieldSpec;
}

export function yieldRequest(spec: YieldSpec): YieldRequest {
  return { [yieldBrand]: spec };
}

export function isYieldRequest(value: unknown): value is YieldRequest {
  return hasBrand(value, yieldBrand);
}
