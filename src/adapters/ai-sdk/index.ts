/**
 * luaskills-wasm/ai-sdk: the entries of a runtime as tools of the AI SDK, versions 5, 6 and 7.
 *
 * @example
 * const { text } = await generateText({ model, prompt, tools: aiTools(runtime), stopWhen: stepCountIs(5) });
 *
 * @module
 */
export { type AiToolOptions, type AiToolOutput, aiTools } from "./ai-tools.ts";
