/**
 * What modules are written with; the whole of `luaskills-wasm/modules` that has behaviour.
 * @module
 */
export { arg } from "./argument.ts";
export { defineModule } from "./module-definition.ts";
export { errorKinds, fromUnknown, isLuaError, luaError } from "./module-error.ts";
export { fn } from "./module-function.ts";
export { defineType } from "./object-type.ts";
export { immutable, results } from "./results.ts";
export { t } from "./type-shapes.ts";
