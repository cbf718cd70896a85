/**
 * luaskills-wasm/edge in Node, Deno and Bun: the engine in this process, and HTTP in front of it. In a Cloudflare Worker
 * the same import gives `luaskills-wasm/cloudflare`.
 * @module
 */

export type * from "../../contract/contract.ts";
export { LuaSkillsError } from "../../errors.ts";
export { connectRuntime } from "../../http/client/connect-runtime.ts";
export type { Authorization, Authorize } from "../../http/server/authorize.ts";
export { createHttpHandler, type HttpHandler, type HttpOptions } from "../../http/server/handler.ts";
export { nodeListener } from "../../http/server/node-listener.ts";
export type { Role } from "../../http/server/roles.ts";
export {
  createNodeRuntime as createEdgeRuntime,
  type NodeRuntimeOptions as EdgeRuntimeOptions,
  superviseNodeRuntime as superviseEdgeRuntime,
} from "./node.ts";
