/**
 * A run of an agent as data: what a model was asked and said, what tools answered, what was heard. It can be shown, kept,
 * and played again without a model and without tools.
 * @module
 */
import { messageOf } from "../base/message-of.ts";
import type { Json, JsonObject } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import type { Agent } from "./agents/agent.ts";
import type { AgentEvent } from "./agents/agent-event.ts";
import type { Tool } from "./agents/agent-scope.ts";
import { messageToJson } from "./agents/message.ts";
import type { GeneratePart, Generator } from "./generators/generator.ts";
import { chunkToLua } from "./streams/lua-chunk.ts";

export type TraceEntry =
  | {
      readonly type: "generation";
      readonly at: number;
      readonly ms: number;
      readonly model: string;
      readonly messages: Json;
      readonly parts: readonly GeneratePart[];
      readonly error?: string;
    }
  | {
      readonly type: "tool";
      readonly at: number;
      readonly ms: number;
      readonly name: string;
      readonly args: Json;
      readonly result?: Json;
      readonly error?: string;
    }
  | { readonly type: "event"; readonly at: number; readonly event: JsonObject };

/** JSON through and through. */
export interface Trace {
  readonly format: 1;
  readonly startedAt: number;
  readonly entries: readonly TraceEntry[];
}

/** Records what passes by it. */
export class TraceRecorder {
  readonly #entries: TraceEntry[] = [];
  readonly #now: () => number;
  readonly #startedAt: number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.#startedAt = now();
  }

  get trace(): Trace {
    return { format: 1, startedAt: this.#startedAt, entries: [...this.#entries] };
  }

  /** Drops what has been recorded. */
  clear(): void {
    this.#entries.length = 0;
  }

  /** A generator whose answers are recorded. */
  generator(model: string, generator: Generator): Generator {
    const record = (entry: TraceEntry) => this.#entries.push(entry);
    const now = this.#now;
    return {
      schemaMode: generator.schemaMode,
      async *stream(request) {
        const at = now();
        const parts: GeneratePart[] = [];
        let error: string | undefined;
        try {
          for await (const part of generator.stream(request)) {
            parts.push(part);
            yield part;
          }
        } catch (thrown) {
          error = messageOf(thrown);
          throw thrown;
        } finally {
          const messages = request.messages.map(messageToJson);
          record({
            type: "generation",
            at,
            ms: now() - at,
            model,
            messages,
            parts,
            ...(error === undefined ? {} : { error }),
          });
        }
      },
    };
  }

  tool(tool: Tool): Tool {
    return {
      ...tool,
      invoke: async (args, context) => {
        const at = this.#now();
        const entry = { type: "tool" as const, at, name: tool.name, args };
        try {
          const result = (await tool.invoke(args, context)) ?? null;
          this.#entries.push({ ...entry, ms: this.#now() - at, result });
          return result;
        } catch (error) {
          this.#entries.push({
            ...entry,
            ms: this.#now() - at,
            error: messageOf(error),
          });
          throw error;
        }
      },
    };
  }

  /** Records an agent's events. Answers how to stop. */
  watch(agent: Agent): () => void {
    return agent.observe((event) => this.#entries.push({ type: "event", at: this.#now(), event: eventToJson(event) }));
  }
}

/** An event without what JSON has no word for. */
export function eventToJson(event: AgentEvent): JsonObject {
  const { type, phase, agentDef, agentStateId } = event;
  const head: JsonObject = { type, phase, agentDef, agentStateId };
  switch (event.type) {
    case "chunk": {
      const { part, ...rest } = chunkToLua(event.chunk) as JsonObject;
      const blob = event.chunk.part?.type === "blob" ? event.chunk.part : undefined;
      return {
        ...head,
        chunk: {
          ...rest,
          part: blob ? { type: "blob", mime_type: blob.mimeType, bytes: blob.data.length } : (part ?? null),
        },
      };
    }
    case "tool_start":
      return { ...head, toolCall: { ...event.toolCall } };
    case "tool_done":
      return { ...head, toolCall: { ...event.toolCall }, toolResult: event.toolResult };
    case "tool_error":
      return { ...head, toolCall: { ...event.toolCall }, toolError: event.toolError };
    case "error":
      return { ...head, error: event.error.message };
    case "closed":
      return event.error ? { ...head, error: event.error.message } : head;
    default:
      return head;
  }
}

/** What a trace's models and tools said, in order. A run that asks for something else fails there. */
export interface Replay {
  readonly generator: Generator;
  /** The tool without its effects: it answers what the trace says. */
  tool(tool: Tool): Tool;
  /** Entries that have not been used. */
  readonly left: number;
}

/** @throws LuaSkillsError `invalid_argument` for what is no trace */
export function replay(trace: Trace): Replay {
  if (trace?.format !== 1 || !Array.isArray(trace.entries)) {
    throw new LuaSkillsError("invalid_argument", "replay: a trace of format 1 is needed");
  }
  const steps = trace.entries.filter((entry) => entry.type !== "event");
  let at = 0;
  const next = <T extends "generation" | "tool">(type: T, name: string): Extract<TraceEntry, { type: T }> => {
    const entry = steps[at];
    at++;
    if (entry?.type === type && (type !== "tool" || (entry as { name?: string }).name === name)) {
      return entry as Extract<TraceEntry, { type: T }>;
    }
    const recorded = entry === undefined ? "nothing" : entry.type === "tool" ? `tool ${entry.name}` : entry.type;
    throw new LuaSkillsError(
      "conflict",
      `replay diverged at step ${at}: recorded ${recorded}, got ${type === "tool" ? `tool ${name}` : type}`,
    );
  };
  return {
    get left() {
      return steps.length - at;
    },
    generator: {
      schemaMode: true,
      async *stream() {
        const { parts, error } = next("generation", "");
        yield* parts;
        if (error !== undefined) throw new LuaSkillsError("network_error", error);
      },
    },
    tool: (tool) => ({
      ...tool,
      async invoke() {
        const { result, error } = next("tool", tool.name);
        if (error !== undefined) throw new LuaSkillsError("lua_error", error);
        return result;
      },
    }),
  };
}
