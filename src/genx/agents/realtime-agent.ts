import { messageOf } from "../../base/message-of.ts";
import type { RealtimeEvent } from "../realtime/realtime-adapter.ts";
import type { RealtimeDefinition, RealtimeEndpoint } from "../realtime/realtime-definition.ts";
import { RealtimeSession } from "../realtime/realtime-session.ts";
import { type Chunk, type Contents, partsOf, textChunk } from "../streams/chunk.ts";
import { readArguments } from "../tools/arguments.ts";
import { Agent } from "./agent.ts";
import type { AgentEventBody } from "./agent-event.ts";
import type { AgentScope, Tool } from "./agent-scope.ts";
import type { AgentState } from "./agent-state.ts";
import type { Approve } from "./approval.ts";
import { untilAborted } from "./until-aborted.ts";
import type { Workshop } from "./workshop.ts";

export interface RealtimeParts {
  readonly definition: RealtimeDefinition;
  readonly endpoint: RealtimeEndpoint;
  readonly state: AgentState;
  readonly workshop: Workshop;
  readonly tools: ReadonlyMap<string, Tool>;
  readonly ids: AgentScope["ids"];
  readonly approve?: Approve;
}

/** A model that listens and speaks at the same time, over a socket (genx.md §7.5). */
export class RealtimeAgent extends Agent {
  readonly definition: RealtimeDefinition;
  readonly #parts: RealtimeParts;
  #session: RealtimeSession | undefined;
  /** Events are handled one after the other: a slow reader holds the rest back. */
  #handled: Promise<void> = Promise.resolve();
  #round = new AbortController();

  constructor(parts: RealtimeParts) {
    super(parts.definition.name, parts.state);
    this.definition = parts.definition;
    this.#parts = parts;
  }

  /** Text begins an answer; audio is appended to what the user says, and `isEos` ends it. */
  override async input(contents: Contents | Chunk): Promise<void> {
    if (this.closed) throw this.closing.reason;
    this.setPhase("agent");
    const session = this.#connected();
    for (const chunk of chunksOf(contents)) {
      if (chunk.part?.type === "text") this.state.messages.push({ role: "user", contents: [chunk.part] });
      await session.input(chunk);
    }
  }

  /** Stops the answer; the session goes on. */
  override async interrupt(): Promise<void> {
    if (this.#session === undefined || this.closed) return;
    this.#session.cancel();
    await this.#interrupted();
  }

  protected override async turn(): Promise<void> {
    throw new Error("a realtime agent has no turns");
  }

  protected override async dispose(): Promise<void> {
    this.#round.abort();
    this.#session?.close();
  }

  #connected(): RealtimeSession {
    const { definition, endpoint, tools } = this.#parts;
    this.#session ??= new RealtimeSession(
      endpoint,
      {
        model: definition.model,
        instructions: definition.prompt ?? "",
        tools: [...tools.values()].map(({ name, description, parameters }) => ({ name, description, parameters })),
        session: definition.session,
      },
      (event) => this.#enqueue(event),
      () => this.#dropped(),
    );
    return this.#session;
  }

  #enqueue(event: RealtimeEvent): void {
    if (event.type === "speech_started") {
      this.#handled = this.#interrupted();
      return;
    }
    const { signal } = this.#round;
    this.#handled = this.#handled.then(() => (signal.aborted ? undefined : this.#handle(event, signal)));
  }

  #dropped(): void {
    const closed = async () => {
      if (this.closed) return;
      await this.emit({ type: "error", error: new Error("realtime: the socket was closed") }, this.closing);
      this.finish();
    };
    this.#handled = this.#handled.then(closed);
  }

  /** What has not been read is dropped, and said once. */
  async #interrupted(): Promise<void> {
    this.#round.abort();
    this.#round = new AbortController();
    this.dropEvents();
    await this.emit({ type: "interrupted", resumable: true }, this.closing);
  }

  async #handle(event: RealtimeEvent, signal: AbortSignal): Promise<void> {
    const say = (body: AgentEventBody) => this.emit(body, signal);
    switch (event.type) {
      case "text":
        await say({
          type: "chunk",
          chunk: { ...textChunk(event.text), ...(event.transcript ? { transcript: event.transcript } : {}) },
        });
        return;
      case "audio":
        await say({ type: "chunk", chunk: { part: { type: "blob", data: event.audio, mimeType: event.mimeType } } });
        return;
      case "asr_done":
        this.state.messages.push({ role: "user", contents: [{ type: "text", value: event.text }] });
        await say({ type: "chunk", chunk: { ...textChunk(event.text), transcript: "user" } });
        return;
      case "tool_call":
        await this.#tool(event, signal);
        return;
      case "done":
        this.setPhase("");
        await say({ type: "eof" });
        return;
      case "error":
        await say({ type: "error", error: new Error(`realtime: ${event.message}`) });
        return;
    }
  }

  async #tool(event: Extract<RealtimeEvent, { type: "tool_call" }>, signal: AbortSignal): Promise<void> {
    const { id, name, args: text } = event;
    const call = { id, name, args: text };
    this.setPhase("tool");
    await this.emit({ type: "tool_start", toolCall: call }, signal);
    const tool = this.#parts.tools.get(name);
    let answer: string;
    try {
      if (tool === undefined) throw new Error(`tool "${name}" not found`);
      const args = await readArguments(text, tool.parameters);
      const work = async () => {
        const allowed = (await this.#parts.approve?.({ call, args, tool, agent: this.name, signal })) ?? true;
        if (!allowed) throw new Error("the call was not approved");
        return tool.invoke(args, { signal, scope: this.#scope() });
      };
      const result = (await untilAborted(work, signal)) ?? null;
      answer = typeof result === "string" ? result : JSON.stringify(result);
      await this.emit({ type: "tool_done", toolCall: call, toolResult: result }, signal);
    } catch (error) {
      const reason = messageOf(error);
      answer = tool === undefined ? `tool error: ${reason}` : `invoke error: ${reason}`;
      await this.emit({ type: "tool_error", toolCall: call, toolError: answer }, signal);
    }
    if (!signal.aborted) this.#session?.toolResult(id, name, answer);
  }

  #scope(): AgentScope {
    const { tools, ids, definition } = this.#parts;
    return {
      name: this.name,
      model: definition.model,
      state: this.state,
      tools,
      ids,
      emit: (chunk, signal) => this.emit({ type: "chunk", chunk }, signal),
    };
  }
}

function chunksOf(contents: Contents | Chunk): readonly Chunk[] {
  if (typeof contents === "object" && !Array.isArray(contents) && !("type" in contents)) return [contents as Chunk];
  return partsOf(contents as Contents).map((part) => ({ part }));
}
