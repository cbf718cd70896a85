import type { Json, JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Script } from "../scripts/script-runner.ts";
import { Channel } from "../streams/channel.ts";
import { type Chunk, type Contents, type Part, partsOf, textOf } from "../streams/chunk.ts";
import { chunkToLua } from "../streams/lua-chunk.ts";
import { Agent } from "./agent.ts";
import type { LuaDefinition } from "./agent-definition.ts";
import type { AgentScope, Tool } from "./agent-scope.ts";
import type { AgentState } from "./agent-state.ts";
import type { Workshop } from "./workshop.ts";

export interface LuaParts {
  readonly definition: LuaDefinition;
  readonly script: Script;
  readonly state: AgentState;
  readonly workshop: Workshop;
  readonly tools: ReadonlyMap<string, Tool>;
  readonly ids: AgentScope["ids"];
}

/** An agent written in Lua: `run(ctx)`, or handlers `on_start`, `on_input`, `on_close` (genx.md §7.6). */
export class LuaAgent extends Agent {
  readonly definition: LuaDefinition;
  readonly #parts: LuaParts;
  /** Inputs of a script that reads them itself: one may wait. */
  readonly #inputs = new Channel<Chunk>(1);
  #handlers: JsonObject | undefined;
  #started = false;
  #running: Promise<void> | undefined;
  #ended = false;

  constructor(parts: LuaParts) {
    super(parts.definition.name, parts.state);
    this.definition = parts.definition;
    this.#parts = parts;
  }

  override async input(contents: Contents): Promise<void> {
    if (this.closed) throw new LuaSkillsError("runtime_closed", "agent: closed");
    if (await this.#has("on_input")) return super.input(contents);
    this.#begin();
    for (const part of partsOf(contents)) await this.#inputs.send({ part }, this.closing);
  }

  /** One input of a script with handlers. */
  protected override async turn(contents: readonly Part[], signal: AbortSignal): Promise<void> {
    this.setPhase("agent");
    this.#ended = false;
    if (!this.#started && (await this.#has("on_start"))) await this.#call("on_start", undefined, signal);
    this.#started = true;
    const input = { ...chunkToLua({ part: contents[0] }), text: textOf(contents) } as JsonObject;
    await this.#call("on_input", input, signal);
    if (signal.aborted || this.closed) return;
    this.setPhase("");
    await this.#parts.workshop.states?.save(this.stateId, this.state.toJSON());
    if (!this.#ended) await this.emit({ type: "eof" }, signal);
  }

  protected override async dispose(): Promise<void> {
    this.#inputs.close();
    await this.#running;
    if (this.#started && (await this.#has("on_close"))) {
      // The agent is closed whatever the script says to it.
      await this.#call("on_close", undefined, new AbortController().signal).catch((error: unknown) =>
        this.#parts.workshop.warn(`agent ${this.name}: on_close failed: ${String(error)}`),
      );
    }
  }

  /** A script that reads its inputs itself runs until it returns. */
  #begin(): void {
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    this.setPhase("agent");
    try {
      await this.#call("run", undefined, this.closing);
      if (!this.closed) this.finish();
    } catch (error) {
      if (this.closed) return;
      await this.emit({ type: "error", error: error as Error }, this.closing);
      this.finish();
    }
  }

  #call(handler: string, args: Json | undefined, signal: AbortSignal): Promise<Json> {
    const { script, workshop, tools, ids, definition } = this.#parts;
    const scope: AgentScope = {
      name: this.name,
      model: definition.generator?.model ?? "default",
      state: this.state,
      tools,
      ids,
      emit: (chunk, stop) => this.#emit(chunk, stop),
      receive: async (stop) => this.#inputs.take(AbortSignal.any([stop, signal, this.closing])),
    };
    return workshop.scripts.run(script, scope, { handler, args }, signal);
  }

  async #emit(chunk: Chunk, signal: AbortSignal): Promise<boolean> {
    const { eof, ...rest } = chunk;
    if (rest.part !== undefined || rest.isBos || rest.isEos) {
      if (!(await this.emit({ type: "chunk", chunk: rest }, signal))) return false;
    }
    if (!eof) return !this.closed;
    this.#ended = true;
    return this.emit({ type: "eof" }, signal);
  }

  async #has(handler: string): Promise<boolean> {
    this.#handlers ??= ((await this.#call("describe", undefined, this.closing)) ?? {}) as JsonObject;
    return this.#handlers[handler] === true;
  }
}
