/**
 * luaskills-wasm/code: models that write Lua instead of calling tools one by one.
 *
 * @example
 * const code = codeTool(runtime, { skills: ["notes-*"] });
 * const { content } = await code.execute({ code: 'return vulcan.call("notes-list", {})' });
 *
 * @module
 */
export { type CodeRuntime, type CodeTool, type CodeToolOptions, codeTool } from "./code-tool.ts";
export { type LuaExecuteResult, LuaExecutor, type LuaExecutorOptions, luaExecutor } from "./lua-executor.ts";
export { luaSignatures, type SignatureOptions } from "./signatures.ts";
