/**
 * An asynchronous operation as a command and the treatment of its outcome. `async run` needs none.
 * @module
 */
import { hasBrand, yieldBrand } from "./brand.ts";
import type { YieldRequest, YieldSpec } from "./interface.ts";

export function yieldRequest(spec: YieldSpec): YieldRequest {
  return { [yieldBrand]: spec };
}

export function isYieldRequest(value: unknown): value is YieldRequest {
  return hasBrand(value, yieldBrand);
}
