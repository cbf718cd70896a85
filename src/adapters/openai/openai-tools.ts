/**
 * Tools of OpenAI's APIs, and the answers to their calls.
 * @module
 */
import { type AskedCall, answerCalls, type RunOptions } from "../tools/answer-calls.ts";
import type { AgentTool, ToolCollection, ToolOptions, ToolRuntime } from "../tools/tool.ts";
import { toolErrorText } from "../tools/tool-error.ts";
import { collectionOf } from "../tools/tool-list.ts";
import type {
  ChatCompletion,
  ChatFunctionTool,
  ChatMessage,
  ChatToolMessage,
  FunctionCallItem,
  FunctionCallOutput,
  ResponsesAnswer,
  ResponsesFunctionTool,
} from "./shapes.ts";

/** A tool for `client.chat.completions.runTools`. */
export interface ChatRunnableTool extends Omit<ChatFunctionTool, "function"> {
  readonly function: ChatFunctionTool["function"] & {
    readonly parse: (text: string) => object;
    readonly function: (args: object) => Promise<string>;
  };
}

export class OpenaiTools {
  readonly #tools: ToolCollection;

  /** @internal */
  constructor(source: ToolRuntime | ToolCollection, options: ToolOptions) {
    this.#tools = collectionOf(source, options);
  }

  /** For `client.chat.completions.create({ tools })`; as the registry is now. */
  get chat(): ChatFunctionTool[] {
    return this.#tools.list().map(chatTool);
  }

  /** For `client.responses.create({ tools })`; as the registry is now. */
  get responses(): ResponsesFunctionTool[] {
    return this.#tools.list().map(({ name, description, inputSchema }) => ({
      type: "function",
      name,
      description,
      parameters: inputSchema,
      strict: false,
    }));
  }

  /** For `client.chat.completions.runTools({ tools })`, which calls them by itself. `signal` stops their calls. */
  runnable({ signal }: Pick<RunOptions, "signal"> = {}): ChatRunnableTool[] {
    return this.#tools.list().map((tool) => ({
      type: "function",
      function: {
        ...chatTool(tool).function,
        parse: (text) => JSON.parse(text.trim() === "" ? "{}" : text) as object,
        function: async (args) => {
          try {
            return (await tool.execute(args, { signal })).content;
          } catch (thrown) {
            if (signal?.aborted) throw thrown;
            return toolErrorText(thrown);
          }
        },
      },
    }));
  }

  /**
   * Answers the tool calls of one turn, all at once, in their order: for a completion or its message with messages of the role
   * `tool`, for a response or its `output` with `function_call_output` items. Empty when the turn calls nothing. A call that fails
   * is answered with what went wrong. @throws LuaSkillsError `aborted`
   */
  run(turn: ResponsesAnswer | ResponsesAnswer["output"], options?: RunOptions): Promise<FunctionCallOutput[]>;
  run(turn: ChatCompletion | ChatMessage, options?: RunOptions): Promise<ChatToolMessage[]>;
  async run(
    turn: ResponsesAnswer | ResponsesAnswer["output"] | ChatCompletion | ChatMessage,
    options: RunOptions = {},
  ): Promise<FunctionCallOutput[] | ChatToolMessage[]> {
    const items = Array.isArray(turn) ? turn : "output" in turn ? turn.output : undefined;
    if (items) {
      const answers = await answerCalls(this.#tools, items.filter(isFunctionCall).map(askedItem), options);
      return answers.map(
        ({ id, content }): FunctionCallOutput => ({ type: "function_call_output", call_id: id, output: content }),
      );
    }
    const answers = await answerCalls(this.#tools, chatCalls(turn as ChatCompletion | ChatMessage), options);
    return answers.map(({ id, content }): ChatToolMessage => ({ role: "tool", tool_call_id: id, content }));
  }
}

/**
 * The entries of a runtime, or what `codeTool` makes, as tools of OpenAI's APIs. They follow the registry.
 * @throws LuaSkillsError `conflict` when two tools would have one name
 */
export function openaiTools(source: ToolRuntime | ToolCollection, options: ToolOptions = {}): OpenaiTools {
  return new OpenaiTools(source, options);
}

function chatTool({ name, description, inputSchema }: AgentTool): ChatFunctionTool {
  return { type: "function", function: { name, description, parameters: inputSchema } };
}

function chatCalls(turn: ChatCompletion | ChatMessage): AskedCall[] {
  const message = "choices" in turn ? turn.choices[0]?.message : turn;
  const calls = message?.tool_calls ?? [];
  return calls.flatMap(({ id, function: called }) =>
    called ? [{ id, name: called.name, args: called.arguments }] : [],
  );
}

const isFunctionCall = (item: { readonly type?: string | undefined }): item is FunctionCallItem =>
  item.type === "function_call";

function askedItem({ call_id: id, name, arguments: args }: FunctionCallItem): AskedCall {
  return { id, name, args };
}
