/**
 * Tools of the Messages API, and the answers to their calls.
 * @module
 */
import { answerCalls, type RunOptions } from "../tools/answer-calls.ts";
import type { AgentTool, ToolCollection, ToolOptions, ToolRuntime } from "../tools/tool.ts";
import { toolErrorText } from "../tools/tool-error.ts";
import { collectionOf } from "../tools/tool-list.ts";
import type {
  AssistantMessage,
  ContentBlock,
  MessagesTool,
  RunnableTool,
  ToolResultBlock,
  ToolUseBlock,
} from "./shapes.ts";

export class AnthropicTools {
  readonly #tools: ToolCollection;

  /** @internal */
  constructor(source: ToolRuntime | ToolCollection, options: ToolOptions) {
    this.#tools = collectionOf(source, options);
  }

  /** For `client.messages.create({ tools })`; as the registry is now. */
  get tools(): MessagesTool[] {
    return this.#tools.list().map(messagesTool);
  }

  /** For `client.beta.messages.toolRunner({ tools })`, which calls them by itself. `signal` stops their calls, as the runner's does. */
  runnable({ signal }: Pick<RunOptions, "signal"> = {}): RunnableTool[] {
    return this.#tools.list().map((tool) => ({
      ...messagesTool(tool),
      parse: (content) => content,
      run: async (args, context) => {
        const stop = signal ?? context?.signal ?? undefined;
        try {
          return (await tool.execute(args, { signal: stop })).content;
        } catch (thrown) {
          // The runner makes an error result of what is thrown.
          throw stop?.aborted ? thrown : new Error(toolErrorText(thrown), { cause: thrown });
        }
      },
    }));
  }

  /**
   * Answers the `tool_use` blocks of a message, all at once, in their order: the content of the next message of the user. Empty when
   * the message calls nothing. A call that fails is answered with `is_error`. @throws LuaSkillsError `aborted`
   */
  async run(
    message: AssistantMessage | AssistantMessage["content"],
    options: RunOptions = {},
  ): Promise<ToolResultBlock[]> {
    const blocks = "content" in message ? message.content : message;
    const calls = blocks.filter(isToolUse).map(({ id, name, input }) => ({ id, name, args: input }));
    const answers = await answerCalls(this.#tools, calls, options);
    return answers.map(({ id, content, failed }) => ({
      type: "tool_result",
      tool_use_id: id,
      content,
      ...(failed ? { is_error: true } : {}),
    }));
  }
}

/**
 * The entries of a runtime, or what `codeTool` makes, as tools of the Messages API. They follow the registry.
 * @throws LuaSkillsError `conflict` when two tools would have one name
 */
export function anthropicTools(source: ToolRuntime | ToolCollection, options: ToolOptions = {}): AnthropicTools {
  return new AnthropicTools(source, options);
}

function messagesTool({ name, description, inputSchema }: AgentTool): MessagesTool {
  return { name, description, input_schema: inputSchema };
}

const isToolUse = (block: ContentBlock): block is ToolUseBlock => block.type === "tool_use";
