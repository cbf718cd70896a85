import { LuaSkillsError } from "../../errors.ts";
import { Channel } from "../streams/channel.ts";
import { type Contents, type Part, partsOf } from "../streams/chunk.ts";
import type { AgentEvent, AgentEventBody, Phase } from "./agent-event.ts";
import type { AgentState } from "./agent-state.ts";
import { formatMessages } from "./message.ts";

/** Events that may wait to be read; then the agent waits. */
const eventBuffer = 16;

/**
 * What all agents share: inputs become turns, one after the other, and a turn says events. Subclasses say what a turn is.
 */
export abstract class Agent implements AsyncIterable<AgentEvent>, AsyncDisposable {
  readonly #events = new Channel<AgentEvent>(eventBuffer);
  readonly #closing = new AbortController();
  #turn: { readonly controller: AbortController; readonly done: Promise<void> } | undefined;
  #terminal: AgentEvent | undefined;
  #turns: Promise<void> = Promise.resolve();
  readonly #observers = new Set<(event: AgentEvent) => void>();
  readonly #watchers = new Set<() => void>();

  protected constructor(
    readonly name: string,
    readonly state: AgentState,
  ) {}

  get def(): string {
    return this.name;
  }

  get stateId(): string {
    return this.state.id;
  }

  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Is a turn running? */
  get busy(): boolean {
    return this.#turn !== undefined;
  }

  /** Fires when the agent is closed. */
  protected get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /**
   * Says something to the agent. Resolves when its turn begins: at once, or when the one before is over.
   * @throws LuaSkillsError `runtime_closed`: `agent: closed`
   */
  async input(contents: Contents): Promise<void> {
    this.#assertOpen();
    const parts = partsOf(contents);
    const before = this.#turns;
    let started: () => void = () => {};
    const begun = new Promise<void>((resolve) => {
      started = resolve;
    });
    this.#turns = before.then(() => this.#run(parts, started));
    await begun;
  }

  /** The next event. Waits for input after `eof`; repeats a terminal event. */
  async next(): Promise<AgentEvent> {
    if (this.#terminal && this.#events.size === 0) return this.#terminal;
    const event = await this.#events.take();
    return event ?? this.#terminal ?? this.#event({ type: "closed" });
  }

  /** An input and the events of its turn, up to `eof`, `interrupted` or `closed`. */
  async *run(contents: Contents): AsyncGenerator<AgentEvent, void, undefined> {
    await this.input(contents);
    for (;;) {
      const event = await this.next();
      yield event;
      if (event.type === "eof" || event.type === "closed" || (event.type === "interrupted" && !event.resumable)) return;
    }
  }

  /** All events up to `closed` or `interrupted`; leaving the loop does not close the agent. */
  async *[Symbol.asyncIterator](): AsyncGenerator<AgentEvent, void, undefined> {
    for (;;) {
      const event = await this.next();
      yield event;
      if (event.type === "closed" || (event.type === "interrupted" && !event.resumable)) return;
    }
  }

  /** Stops the turn: the model's stream is closed, a tool's signal fires, events nobody has read are dropped. */
  async interrupt(): Promise<void> {
    const turn = this.#turn;
    if (turn === undefined) return;
    turn.controller.abort(new LuaSkillsError("aborted", "agent: interrupted"));
    this.#events.clear();
    await turn.done;
  }

  /** Drops the last message of the user and everything after it. */
  revert(): void {
    this.state.revert();
  }

  formatHistory(): string {
    return formatMessages(this.state.messages);
  }

  /** Sees every event when it is said, whether somebody reads it or not. Answers how to stop. */
  observe(observer: (event: AgentEvent) => void): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  /** Resolves when the next turn begins, the agent is closed, or the signal fires. */
  changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#watchers.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      this.#watchers.add(done);
      signal.addEventListener("abort", done, { once: true });
      if (signal.aborted || this.closed) done();
    });
  }

  close(): Promise<void> {
    return this.closeWithError(undefined);
  }

  async closeWithError(error: Error | undefined): Promise<void> {
    if (this.closed) {
      await this.#turn?.done;
      return;
    }
    this.#closing.abort(error ?? new LuaSkillsError("runtime_closed", "agent: closed"));
    const turn = this.#turn;
    turn?.controller.abort(this.#closing.signal.reason);
    await turn?.done;
    await this.dispose();
    this.finish(error);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** What an input leads to. Says `eof` itself when it comes to its end. */
  protected abstract turn(contents: readonly Part[], signal: AbortSignal): Promise<void>;

  /** What a stopped turn says; default: `interrupted`, which is terminal until the next input. */
  protected interrupted(): AgentEventBody | undefined {
    return { type: "interrupted" };
  }

  /** Lets go of what the agent owns; called once. */
  protected async dispose(): Promise<void> {}

  /** Says an event; waits while nobody reads. False when the turn was stopped. */
  protected async emit(body: AgentEventBody, signal?: AbortSignal): Promise<boolean> {
    return this.emitEvent(this.#event(body), signal);
  }

  /** Says an event of another agent, as it is. */
  protected async emitEvent(event: AgentEvent, signal?: AbortSignal): Promise<boolean> {
    if (signal?.aborted) return false;
    const accepted = await this.#events.send(event, signal);
    if (accepted) this.#observed(event);
    return accepted;
  }

  /** Says `closed`; nothing comes after it. */
  protected finish(error?: Error): void {
    if (this.#terminal?.type === "closed") return;
    this.state.phase = "finished";
    this.#closing.abort(error ?? new LuaSkillsError("runtime_closed", "agent: closed"));
    this.#terminal = this.#event({ type: "closed", ...(error === undefined ? {} : { error }) });
    this.#observed(this.#terminal);
    this.#events.push(this.#terminal);
    this.#events.close();
    this.#wakeWatchers();
  }

  /** Drops events nobody has read. */
  protected dropEvents(): void {
    this.#events.clear();
  }

  protected setPhase(phase: Phase): void {
    this.state.phase = phase;
  }

  async #run(parts: readonly Part[], started: () => void): Promise<void> {
    if (this.closed) {
      started();
      return;
    }
    const controller = new AbortController();
    const { signal } = controller;
    if (this.#terminal?.type === "interrupted") {
      this.#terminal = undefined;
      this.#events.clear();
    }
    const done = this.#guarded(parts, signal);
    this.#turn = { controller, done };
    this.#wakeWatchers();
    started();
    await done;
    this.#turn = undefined;
    if (signal.aborted && !this.closed) this.#stopped();
  }

  async #guarded(parts: readonly Part[], signal: AbortSignal): Promise<void> {
    try {
      await this.turn(parts, signal);
    } catch (error) {
      if (signal.aborted) return;
      this.setPhase("");
      await this.emit({ type: "error", error: error instanceof Error ? error : new Error(String(error)) }, signal);
      if (!this.closed) await this.emit({ type: "eof" }, signal);
    }
  }

  #stopped(): void {
    this.setPhase("");
    this.#events.clear();
    const body = this.interrupted();
    if (body === undefined) return;
    const event = this.#event(body);
    if (body.type === "interrupted" && !body.resumable) this.#terminal = event;
    this.#observed(event);
    this.#events.push(event);
  }

  #event(body: AgentEventBody): AgentEvent {
    return { ...body, phase: this.state.phase, agentDef: this.name, agentStateId: this.state.id };
  }

  #observed(event: AgentEvent): void {
    for (const observer of this.#observers) observer(event);
  }

  #wakeWatchers(): void {
    for (const wake of [...this.#watchers]) wake();
  }

  #assertOpen(): void {
    if (this.closed) throw new LuaSkillsError("runtime_closed", "agent: closed");
  }
}
