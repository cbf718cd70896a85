/**
 * luaskills-wasm/cloudflare: the engine in a Worker, and a Durable Object class per agent or tenant.
 * @module
 */

export type { EngineMemory } from "../../contract/usage.ts";
export { LuaSkillsError } from "../../errors.ts";
export { type ConnectOptions, connectRuntime } from "../../http/client/connect-runtime.ts";
export type { Authorization, Authorize } from "../../http/server/authorize.ts";
export { createHttpHandler, type HttpHandler, type HttpOptions } from "../../http/server/handler.ts";
export type { Role } from "../../http/server/roles.ts";
export {
  createEdgeRuntime,
  type EdgeEngine,
  type EdgeRuntimeOptions,
  edgeLimits,
  superviseEdgeRuntime,
} from "./edge-runtime.ts";
export { type ObjectNamespace, type ObjectStub, type RouteOptions, routeToObject } from "./route-to-object.ts";
export { LuaSkillsObject, type ObjectCallOptions } from "./skills-object.ts";
