/**
 * luaskills-wasm: LuaSkills packages in a WebAssembly sandbox.
 * @module
 */
export { createRuntime } from "./client/create-runtime.ts";
export type * from "./contract.ts";
export { type ErrorData, LuaSkillsError, type LuaSkillsErrorCode } from "./errors.ts";
export { defaultLimits, type Limits } from "./limits.ts";
