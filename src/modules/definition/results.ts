/**
 * What a module function may answer besides one value.
 * @module
 */
import type { LuaValue } from "../../lua/interface.ts";
import { deepFreeze, hasBrand, immutableBrand, nullBrand, resultsBrand } from "./brand.ts";
import type { Immutable, ModuleValue, Results } from "./interface.ts";

/** Several results, or none: `return results("a", 2)`. */
export function results(...values: ModuleValue[]): Results {
  return { [resultsBrand]: true, values };
}

/**
 * A null that Lua sees: a value of its own where `null` would be nil, at any depth of what a handler answers. As a constant of a
 * module (`constants: { NULL }`) it is what Lua compares with, and gives back: it arrives as `null`.
 */
export const NULL: LuaValue = deepFreeze({ [nullBrand]: true });

export function isResults(value: unknown): value is Results {
  return hasBrand(value, resultsBrand);
}

/**
 * A table Lua cannot change: an export besides functions, or a result. `name` is what the error of a write calls it.
 *
 * @example
 * exports: { codes: immutable({ OK: 200 }, "codes") }
 */
export function immutable(value: Readonly<Record<string, LuaValue>> | readonly LuaValue[], name = "table"): Immutable {
  return deepFreeze({ [immutableBrand]: name, value });
}
