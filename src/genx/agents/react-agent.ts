import { messageOf } from "../../base/message-of.ts";
import type { Json } from "../../contract/contract.ts";
import type { GeneratePart } from "../generators/generator.ts";
import { type Part, textChunk } from "../streams/chunk.ts";
import { readArguments } from "../tools/arguments.ts";
import { Agent } from "./agent.ts";
import type { ReactDefinition } from "./agent-definition.ts";
import type { AgentScope, Tool } from "./agent-scope.ts";
import type { AgentState } from "./agent-state.ts";
import type { Approve } from "./approval.ts";
import { MaxStepsError } from "./max-steps-error.ts";
import type { ToolCall } from "./message.ts";
import { systemPrompt } from "./system-prompt.ts";
import { untilAborted } from "./until-aborted.ts";
import type { Workshop } from "./workshop.ts";

const defaultMaxSteps = 20;
const defaultMemory = 100;

export interface ReactParts {
  readonly definition: ReactDefinition;
  readonly state: AgentState;
  readonly workshop: Workshop;
  readonly tools: ReadonlyMap<string, Tool>;
  readonly ids: AgentScope["ids"];
  readonly approve?: Approve;
}

/** Generates, runs the tools that were asked for one after the other, and generates again (genx.md §7.2). */
export class ReactAgent extends Agent {
  readonly definition: ReactDefinition;
  readonly #parts: ReactParts;
  readonly #scope: AgentScope;

  constructor(parts: ReactParts) {
    super(parts.definition.name, parts.state);
    this.definition = parts.definition;
    this.#parts = parts;
    this.#scope = {
      name: this.name,
      model: parts.definition.generator?.model ?? "default",
      state: this.state,
      tools: parts.tools,
      ids: parts.ids,
      emit: (chunk, signal) => this.emit({ type: "chunk", chunk }, signal),
    };
  }

  protected override async turn(contents: readonly Part[], signal: AbortSignal): Promise<void> {
    this.state.messages.push({ role: "user", contents });
    const maxSteps = this.definition.maxSteps ?? defaultMaxSteps;
    let quitting = false;
    for (let step = 1; ; step++) {
      if (step > maxSteps) throw new MaxStepsError(this.name, maxSteps);
      const calls = await this.#generate(signal, quitting);
      if (calls.length === 0) break;
      quitting = await this.#runTools(calls, signal);
      if (signal.aborted) return;
    }
    if (signal.aborted) return;
    await this.#save();
    if (quitting) {
      this.finish();
      return;
    }
    this.setPhase("");
    await this.emit({ type: "eof" }, signal);
  }

  /** One answer of the model. What it said so far is kept when the turn is stopped. */
  async #generate(signal: AbortSignal, last: boolean): Promise<readonly ToolCall[]> {
    this.setPhase("thinking");
    const { workshop, tools } = this.#parts;
    const { generator: wanted } = this.definition;
    const generator = workshop.generator(this.#scope.model);
    let text = "";
    const calls: ToolCall[] = [];
    try {
      const answer = generator.stream({
        model: this.#scope.model,
        system: await systemPrompt(this.definition, this.state, workshop, signal),
        messages: this.state.recent(this.definition.memory ?? defaultMemory),
        tools: [...tools.values()].map(({ name, description, parameters }) => ({ name, description, parameters })),
        options: wanted?.options,
        signal,
      });
      for await (const part of answer) {
        if (signal.aborted) break;
        if (part.type === "text" && part.text !== "") {
          text += part.text;
          await this.emit({ type: "chunk", chunk: textChunk(part.text) }, signal);
        }
        if (part.type === "tool_call") calls.push(toolCall(part));
      }
    } finally {
      const kept = last || signal.aborted ? [] : calls;
      if (text !== "" || kept.length > 0) {
        this.state.messages.push({
          role: "model",
          contents: text === "" ? [] : [{ type: "text", value: text }],
          ...(kept.length > 0 ? { toolCalls: kept } : {}),
        });
      }
    }
    return last || signal.aborted ? [] : calls;
  }

  /** Every call gets an answer in the history, also when the turn is stopped in between. */
  async #runTools(calls: readonly ToolCall[], signal: AbortSignal): Promise<boolean> {
    let quit = false;
    for (const call of calls) {
      if (signal.aborted) {
        this.#answer(call, "interrupted");
        continue;
      }
      this.setPhase("tool");
      await this.emit({ type: "tool_start", toolCall: call }, signal);
      const { result, error } = await this.#invoke(call, signal);
      if (signal.aborted) this.#answer(call, "interrupted");
      else if (error !== undefined) {
        this.#answer(call, error);
        await this.emit({ type: "tool_error", toolCall: call, toolError: error }, signal);
      } else {
        quit ||= this.#parts.tools.get(call.name)?.quit === true;
        this.#answer(call, typeof result === "string" ? result : JSON.stringify(result));
        await this.emit({ type: "tool_done", toolCall: call, toolResult: result }, signal);
      }
    }
    return quit;
  }

  async #invoke(call: ToolCall, signal: AbortSignal): Promise<{ result: Json; error?: string }> {
    const tool = this.#parts.tools.get(call.name);
    if (tool === undefined) return { result: null, error: `tool error: tool "${call.name}" not found` };
    try {
      const args = await readArguments(call.args, tool.parameters);
      const work = async () => {
        const allowed = (await this.#parts.approve?.({ call, args, tool, agent: this.name, signal })) ?? true;
        if (!allowed) throw new Error("the call was not approved");
        return tool.invoke(args, { signal, scope: this.#scope });
      };
      return { result: (await untilAborted(work, signal)) ?? null };
    } catch (error) {
      return { result: null, error: `invoke error: ${messageOf(error)}` };
    }
  }

  #answer({ id, name }: ToolCall, text: string): void {
    this.state.messages.push({
      role: "tool",
      contents: [{ type: "text", value: text }],
      toolResultId: id,
      toolName: name,
    });
  }

  async #save(): Promise<void> {
    await this.#parts.workshop.states?.save(this.stateId, this.state.toJSON());
  }
}

function toolCall({ id, name, args }: Extract<GeneratePart, { type: "tool_call" }>): ToolCall {
  if (name === "") throw new Error("agent: invalid tool call");
  return { id, name, args };
}
