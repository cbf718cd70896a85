import { messageOf } from "../../base/message-of.ts";
import { report } from "../../client/emitter.ts";
import type { CallResult, EntryDescriptor } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { type Tool, type ToolOptions, type ToolRuntime, toolErrorText, toTools } from "../tools/index.ts";
import { mcpHints } from "../tools/mcp-hints.ts";
import { type ModelContext, type ModelContextTool, modelContextHere } from "./model-context.ts";

export interface WebMcpOptions extends Omit<ToolOptions, "progress"> {
  /** WebMCP is a draft, and what is registered an agent of the browser may call: it has to be asked for. */
  readonly experimental: true;
  /** Default: that of the page. */
  readonly modelContext?: ModelContext;
  /** Hints by entry (`readOnlyHint`, `consequentialHint`, …), before those an entry has under `x-mcp.annotations`. */
  readonly annotations?: (entry: EntryDescriptor) => Readonly<Record<string, boolean>> | undefined;
  /** Origins of other frames of the page that may see the tools, too. */
  readonly exposedTo?: readonly string[];
  /** Hears of tools that the browser does not take. Default: an `error` event of the page. */
  readonly onError?: (error: LuaSkillsError) => void;
}

export interface WebMcp {
  /** False where the browser has no model context: nothing is registered, nothing fails. */
  readonly supported: boolean;
  /** Names that are registered, sorted. */
  readonly tools: readonly string[];
  /** Takes all tools back. Idempotent; the runtime stays open. */
  close(): void;
}

/**
 * Offers the entries of a runtime to the agent of the browser. The tools follow the registry until they are taken back.
 *
 * @example
 * const offered = webMcp(runtime, { experimental: true, include: ["notes-*"] });
 *
 * @throws LuaSkillsError `invalid_argument` without `experimental: true`
 */
export function webMcp(runtime: ToolRuntime, options: WebMcpOptions): WebMcp {
  if (options?.experimental !== true) {
    throw new LuaSkillsError(
      "invalid_argument",
      "webMcp needs { experimental: true }: WebMCP is a draft, and every agent of the browser may call what is registered",
    );
  }
  const context = options.modelContext ?? modelContextHere();
  if (!context) return { supported: false, tools: [], close: () => {} };
  const list = toTools(runtime, options);
  const registry = new Registered(context, options);
  registry.follow(list.list());
  const stop = list.subscribe(() => registry.follow(list.list()));
  return {
    supported: true,
    get tools() {
      return registry.names;
    },
    close() {
      stop();
      registry.follow([]);
    },
  };
}

class Registered {
  readonly #held = new Map<string, { readonly tool: Tool; readonly end: AbortController }>();
  readonly #onError: (error: LuaSkillsError) => void;

  constructor(
    private readonly context: ModelContext,
    private readonly options: WebMcpOptions,
  ) {
    this.#onError = options.onError ?? report;
  }

  get names(): readonly string[] {
    return [...this.#held.keys()].sort();
  }

  follow(tools: readonly Tool[]): void {
    if (!this.context.registerTool) {
      this.#held.clear();
      for (const tool of tools) this.#held.set(tool.name, { tool, end: new AbortController() });
      void this.#attempt("the tools", () =>
        this.context.provideContext?.({ tools: tools.map((tool) => this.#described(tool)) }),
      );
      return;
    }
    const wanted = new Map(tools.map((tool) => [tool.name, tool]));
    for (const [name, { tool, end }] of this.#held) {
      if (wanted.get(name) === tool) continue;
      this.#held.delete(name);
      end.abort(new LuaSkillsError("aborted", `the tool '${name}' was taken back`));
      // Where the signal is not heard yet. A name that is gone already is an error there.
      if (this.context.unregisterTool) {
        const { unregisterTool } = this.context;
        void this.#attempt(name, () => unregisterTool.call(this.context, name));
      }
    }
    for (const tool of tools) if (!this.#held.has(tool.name)) this.#register(tool);
  }

  #register(tool: Tool): void {
    const { exposedTo } = this.options;
    const end = new AbortController();
    this.#held.set(tool.name, { tool, end });
    const settings = { signal: end.signal, ...(exposedTo === undefined ? {} : { exposedTo }) };
    void this.#attempt(tool.name, () => this.context.registerTool?.(this.#described(tool), settings), end.signal).then(
      (taken) => {
        if (!taken && this.#held.get(tool.name)?.end === end) this.#held.delete(tool.name);
      },
    );
  }

  /** Whether the browser did it. */
  async #attempt(what: string, work: () => unknown, signal?: AbortSignal): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (thrown) {
      if (signal?.aborted !== true) {
        const reason = messageOf(thrown);
        const text = `the browser does not take ${what}: ${reason}`;
        this.#onError(new LuaSkillsError("capability_unavailable", text, { cause: thrown }));
      }
      return false;
    }
  }

  #described({ name, description, entry, execute }: Tool): ModelContextTool {
    const hints = mcpHints(entry);
    const annotations = {
      ...(hints.annotations as Record<string, boolean>),
      ...this.options.annotations?.(entry),
    };
    return {
      name,
      title: hints.title,
      // An empty one is refused.
      description: description || entry.name,
      inputSchema: hints.inputSchema,
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      execute: async (input, options) => {
        const signal = options?.signal instanceof AbortSignal ? options.signal : undefined;
        try {
          return answered(await execute(input, { signal }));
        } catch (thrown) {
          if (signal?.aborted) throw thrown;
          // What is thrown loses its text on the way to the agent.
          return { content: [{ type: "text", text: toolErrorText(thrown) }], isError: true };
        }
      },
    };
  }
}

const answered = ({ content }: CallResult) => ({ content: [{ type: "text", text: content }] });
