/**
 * luaskills-wasm/openai: the entries of a runtime as tools of OpenAI's APIs, and of the many that speak them.
 *
 * @example
 * const lua = openaiTools(runtime);
 * const answer = await client.responses.create({ model, input, tools: lua.responses });
 * input.push(...answer.output, ...(await lua.run(answer, { signal })));
 *
 * @module
 */

export { OpenaiTools, openaiTools } from "./openai-tools.ts";
export type {
  ChatFunctionTool,
  ChatToolMessage,
  FunctionCallOutput,
  ResponsesFunctionTool,
} from "./shapes.ts";
