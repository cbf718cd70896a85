/**
 * luaskills-wasm: LuaSkills packages in a WebAssembly sandbox.
 * @module
 */
export { createRuntime } from "./client/create-runtime.ts";
export type * from "./contract.ts";
export { type ErrorData, LuaSkillsError, type LuaSkillsErrorCode } from "./errors.ts";
export { defaultLimits, type Limits } from "./limits.ts";
export { managedArguments, projectEntrySchema } from "./skills/entry-schema.ts";
export {
  type BudgetScope,
  type ClientBudgetSnapshot,
  type OverflowOptions,
  type RenderedOverflow,
  renderOverflow,
} from "./skills/overflow.ts";
