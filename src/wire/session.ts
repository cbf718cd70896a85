import type { HostCallbacks } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { type ReplyFrame, replyOf, requestFrame } from "./frames.ts";
import { HostCallbackRunner } from "./host-callbacks.ts";
import type { EngineLink } from "./link.ts";
import type { EngineRequest } from "./ops.ts";
import type { Outcome } from "./outcome.ts";
import type { EngineStart, EngineStarted, EventMessage, FromEngine, KeptBatch, RegistryMessage } from "./protocol.ts";
import type { EngineEvent, RequestOptions } from "./transport.ts";

export interface SessionListener {
  event(event: EngineEvent): void;
  registry(message: RegistryMessage): void;
  keep(batch: KeptBatch): void;
}

/** A request on its way. */
export interface PendingCall {
  readonly id: number;
  /** Rejects with LuaSkillsError. */
  readonly reply: Promise<unknown>;
}

interface CallInFlight {
  resolve(value: unknown): void;
  reject(error: LuaSkillsError): void;
  readonly options: CallOptions;
}

/** What a request may bring along. */
type CallOptions = Pick<RequestOptions, "onEvent" | "callbacks">;

/**
 * The page's end of the wire to one started engine: the calls in flight, events, host callbacks. Every reply goes through
 * the one table of calls, so whoever ends an engine can end its calls. Ends once; the supervisor makes another.
 */
export class EngineSession {
  readonly #calls = new Map<number, CallInFlight>();
  readonly #callbacks: HostCallbackRunner;
  readonly #deafen: () => void;
  #lastId = 0;

  private constructor(
    readonly link: EngineLink,
    callbacks: HostCallbacks,
    private readonly listener: SessionListener,
  ) {
    this.#callbacks = new HostCallbackRunner(callbacks, (result) => link.port.post(result));
    this.#deafen = link.port.listen((message) => this.#hear(message));
  }

  /** @throws LuaSkillsError what the engine's start failed with; the link is terminated then */
  static async open(
    link: EngineLink,
    start: EngineStart,
    callbacks: HostCallbacks,
    listener: SessionListener,
  ): Promise<{ readonly session: EngineSession } & EngineStarted> {
    const session = new EngineSession(link, callbacks, listener);
    const death = link.died.then((error) => {
      throw error;
    });
    // The race has its own reaction; without this one a death after the start would be an unhandled rejection.
    death.catch(() => {});
    try {
      await Promise.race([link.ready, death]);
      const outcome = await Promise.race([link.control.start(start), death]);
      if (!outcome.ok) throw LuaSkillsError.fromData(outcome.error);
      return { session, ...outcome.value };
    } catch (thrown) {
      session.end(() => LuaSkillsError.from(thrown));
      throw LuaSkillsError.from(thrown);
    }
  }

  request(request: EngineRequest, options: CallOptions = {}): PendingCall {
    this.#lastId += 1;
    // Below zero for somebody else's: what such a call asks for when it is over is nothing for this host's callbacks.
    const id = options.callbacks ? -this.#lastId : this.#lastId;
    const reply = new Promise<unknown>((resolve, reject) => {
      this.#calls.set(id, { resolve, reject, options });
    });
    try {
      this.link.port.post(requestFrame(id, request));
    } catch (thrown) {
      this.fail(id, sendError(request, thrown));
    }
    return { id, reply };
  }

  fail(id: number, error: LuaSkillsError): void {
    this.#take(id)?.reject(error);
  }

  /** Each call gets an error of its own: a shared one would carry the stack of whoever came first. */
  failAll(error: () => LuaSkillsError): void {
    for (const id of [...this.#calls.keys()]) this.fail(id, error());
  }

  /** Terminates the engine and fails what waits for it. */
  end(error: () => LuaSkillsError): void {
    this.#deafen();
    this.#callbacks.close();
    this.link.terminate(error());
    this.failAll(error);
  }

  #hear(message: FromEngine): void {
    if (isReply(message)) {
      this.#settle(message[0], replyOf(message));
      return;
    }
    switch (message.type) {
      case "event":
        this.#event(message);
        return;
      case "registry":
        this.listener.registry(message);
        return;
      case "keep":
        this.listener.keep(message.batch);
        return;
      case "callback":
        void this.#callbacks.run(message, this.#callbacksOf(message.requestId));
        return;
      case "callback-abort":
        this.#callbacks.abort(message);
        return;
    }
  }

  #event({ name, event, requestId }: EventMessage): void {
    const engineEvent = { name, event } as EngineEvent;
    if (requestId !== undefined) this.#calls.get(requestId)?.options.onEvent?.(engineEvent);
    this.listener.event(engineEvent);
  }

  #callbacksOf(requestId = 0): HostCallbacks | undefined {
    return this.#calls.get(requestId)?.options.callbacks ?? (requestId < 0 ? {} : undefined);
  }

  /** A reply for a call that was already given up is dropped. */
  #settle(id: number, outcome: Outcome): void {
    const call = this.#take(id);
    if (!call) return;
    if (outcome.ok) call.resolve(outcome.value);
    else call.reject(LuaSkillsError.fromData(outcome.error));
  }

  #take(id: number): CallInFlight | undefined {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    return call;
  }
}

function isReply(message: FromEngine): message is ReplyFrame {
  return Array.isArray(message);
}

function sendError(request: EngineRequest, thrown: unknown): LuaSkillsError {
  if (thrown instanceof Error && thrown.name === "DataCloneError") {
    return new LuaSkillsError(
      "invalid_argument",
      `the arguments of ${request.op} cannot be sent to the engine: ${thrown.message}; pass JSON values`,
      { cause: thrown },
    );
  }
  return LuaSkillsError.from(thrown);
}
