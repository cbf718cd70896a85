/**
 * luaskills-wasm/client: a runtime whose engine runs behind HTTP, without the weight of an engine.
 * @module
 */
export type * from "../../contract/contract.ts";
export { type ErrorData, LuaSkillsError, type LuaSkillsErrorCode } from "../../errors.ts";
export { type ConnectOptions, connectRuntime } from "./connect-runtime.ts";
