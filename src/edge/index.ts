/**
 * luaskills-wasm/edge in Node, Deno and Bun: the engine in this process, and HTTP in front of it. In a Cloudflare Worker
 * the same import gives `luaskills-wasm/cloudflare`.
 * @module
 */
export { connectRuntime } from "../client/remote/connect-runtime.ts";
export type * from "../contract.ts";
export { LuaSkillsError } from "../errors.ts";
export { createHttpHandler, type HttpHandler, type HttpOptions } from "./http/handler.ts";
export {
  createNodeRuntime as createEdgeRuntime,
  type NodeRuntimeOptions as EdgeRuntimeOptions,
  superviseNodeRuntime as superviseEdgeRuntime,
} from "./node.ts";
export { nodeListener } from "./node-listener.ts";
