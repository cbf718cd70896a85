import type { Capabilities, HostCallbacks } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { EventPort } from "./event-port.ts";
import type { EngineEvent, EngineLink } from "./link.ts";
import { type PendingCall, PendingCalls } from "./pending-calls.ts";
import type { EngineRequest, EngineStart, RegistrySnapshot } from "./protocol.ts";

export interface ConnectionListener {
  event(event: EngineEvent): void;
  registry(snapshot: RegistrySnapshot): void;
}

/** One started engine: its link, the calls it owes a reply, its events. Ends once; the supervisor makes another. */
export class EngineConnection {
  readonly #pending = new PendingCalls();
  readonly #ofRequest = new Map<number, (event: EngineEvent) => void>();
  readonly #events: EventPort;

  private constructor(
    readonly link: EngineLink,
    callbacks: HostCallbacks,
    listener: ConnectionListener,
  ) {
    this.#events = new EventPort(link.port, callbacks, {
      event: (event, requestId) => {
        if (requestId !== undefined) this.#ofRequest.get(requestId)?.(event);
        listener.event(event);
      },
      registry: listener.registry,
    });
  }

  /** @throws LuaSkillsError what the engine's start failed with; the link is terminated then */
  static async open(
    link: EngineLink,
    start: EngineStart,
    callbacks: HostCallbacks,
    listener: ConnectionListener,
  ): Promise<{ connection: EngineConnection; capabilities: Capabilities; snapshot: RegistrySnapshot }> {
    const connection = new EngineConnection(link, callbacks, listener);
    const death = link.died.then((error) => {
      throw error;
    });
    // The race has its own reaction; without this one a death after the start would be an unhandled rejection.
    death.catch(() => {});
    try {
      await Promise.race([link.ready, death]);
      const outcome = await Promise.race([link.start(start), death]);
      if (!outcome.ok) throw LuaSkillsError.fromData(outcome.error);
      return { connection, ...outcome.value };
    } catch (thrown) {
      connection.end(() => LuaSkillsError.from(thrown));
      throw LuaSkillsError.from(thrown);
    }
  }

  request(request: EngineRequest, onEvent?: (event: EngineEvent) => void): PendingCall {
    const call = this.#pending.open();
    const { id } = call;
    if (onEvent) {
      this.#ofRequest.set(id, onEvent);
      const forget = () => this.#ofRequest.delete(id);
      call.reply.then(forget, forget);
    }
    this.link.request(id, request).then(
      (outcome) => this.#pending.settle(id, outcome),
      (thrown) => this.#pending.fail(id, sendError(request, thrown)),
    );
    return call;
  }

  fail(id: number, error: LuaSkillsError): void {
    this.#pending.fail(id, error);
  }

  failAll(error: () => LuaSkillsError): void {
    this.#pending.failAll(error);
  }

  /** Terminates the engine and fails what waits for it. */
  end(error: () => LuaSkillsError): void {
    this.#events.close();
    this.link.terminate(error());
    this.#pending.failAll(error);
  }
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
