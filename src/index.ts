/**
 * luaskills-wasm: LuaSkills packages in a WebAssembly sandbox.
 * @module
 */

export type * from "./contract/contract.ts";
export { type ErrorData, LuaSkillsError, type LuaSkillsErrorCode } from "./errors.ts";
export { defaultLimits, type Limits } from "./limits.ts";
export { createRuntime } from "./platforms/page/create-runtime.ts";
export { bridgeStatus, pairBridge } from "./process/bridge/pair.ts";
export { managedArguments, projectEntrySchema } from "./skills/manifest/entry-schema.ts";
export type { BudgetScope, ClientBudgetSnapshot } from "./skills/overflow/budget.ts";
export {
  type OverflowOptions,
  type RenderedOverflow,
  renderOverflow,
} from "./skills/overflow/overflow.ts";
