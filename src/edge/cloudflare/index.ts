/**
 * luaskills-wasm/cloudflare: the engine in a Worker, and a Durable Object class per agent or tenant.
 * @module
 */
export { LuaSkillsError } from "../../errors.ts";
export { createHttpHandler, type HttpHandler, type HttpOptions } from "../http/handler.ts";
export { createEdgeRuntime, type EdgeRuntimeOptions, edgeLimits } from "./edge-runtime.ts";
export { type ObjectNamespace, type RouteOptions, routeToObject } from "./route-to-object.ts";
export { LuaSkillsObject, type ObjectCallOptions } from "./skills-object.ts";
