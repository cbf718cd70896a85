/**
 * luaskills-wasm/anthropic: the entries of a runtime as tools of Anthropic's Messages API.
 *
 * @example
 * const lua = anthropicTools(runtime);
 * const answer = await client.messages.create({ model, max_tokens, messages, tools: lua.tools });
 * messages.push({ role: "assistant", content: answer.content }, { role: "user", content: await lua.run(answer, { signal }) });
 *
 * @module
 */
export { AnthropicTools, anthropicTools } from "./anthropic-tools.ts";
export type { MessagesTool, RunnableTool, ToolResultBlock } from "./shapes.ts";
