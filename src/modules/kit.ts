/**
 * What modules are written with; the whole of `luaskills-wasm/modules` that has behaviour.
 * @module
 */
export { arg } from "./definition/argument.ts";
export { defineModule } from "./definition/module-definition.ts";
export { errorKinds, fromUnknown, isLuaError, luaError } from "./definition/module-error.ts";
export { fn } from "./definition/module-function.ts";
export { defineType } from "./definition/object-type.ts";
export { immutable, NULL, results } from "./definition/results.ts";
export { t } from "./definition/type-shapes.ts";
