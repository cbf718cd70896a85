/**
 * The engine's end of the wire: requests come as frames and leave as replies, events and host callbacks are messages.
 * @module
 */
import type { Capabilities, HostCallbacks, RuntimeEvents } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { AskedCallbacks } from "./asked-callbacks.ts";
import { type RequestFrame, replyFrame, requestOf } from "./frames.ts";
import type { EngineRequest, Op } from "./ops.ts";
import { failed, type Outcome, outcomeOf } from "./outcome.ts";
import type { EnginePort } from "./port.ts";
import type { EngineControl, EngineStart, EngineStarted, KeptBatch, RegistrySnapshot, ToEngine } from "./protocol.ts";

/** What an engine gets from its wire: the page's callbacks and the way to its listeners. */
export interface EngineWiring {
  readonly callbacks: HostCallbacks;
  emit<K extends keyof RuntimeEvents>(name: K, event: RuntimeEvents[K], requestId?: number): void;
  /** `capabilities`: those that have changed, too. */
  registryChanged(snapshot: RegistrySnapshot, capabilities?: Partial<Capabilities>): void;
  /** Where a memory store commits to, when it should outlive this engine. */
  keep(batch: KeptBatch): void;
}

/** An engine as its wire sees it. */
export interface ServedEngine {
  readonly capabilities: Capabilities;
  snapshot(): RegistrySnapshot;
  request(request: EngineRequest, options: { readonly requestId: number }): Promise<unknown>;
  cancel(requestId: number, reason: LuaSkillsError): void;
  close(): Promise<void>;
}

/** Makes the engine of a wire; called once, when the page starts it. */
export type EngineBoot = (start: EngineStart, wiring: EngineWiring) => Promise<ServedEngine>;

export class EngineServer implements EngineControl {
  readonly #callbacks: AskedCallbacks;
  readonly #deafen: () => void;
  #engine: ServedEngine | undefined;
  #starting: Promise<ServedEngine> | undefined;

  constructor(
    private readonly port: EnginePort,
    private readonly boot: EngineBoot,
  ) {
    this.#callbacks = new AskedCallbacks((message) => port.post(message));
    this.#deafen = port.listen((message) => this.#hear(message));
  }

  start(start: EngineStart): Promise<Outcome<EngineStarted>> {
    return outcomeOf(async () => {
      if (this.#starting) throw new LuaSkillsError("conflict", "this engine was started already");
      this.#starting = this.boot(start, this.#wiring(start));
      const engine = await this.#starting;
      this.#engine = engine;
      return { capabilities: engine.capabilities, snapshot: engine.snapshot() };
    });
  }

  async cancel(id: number): Promise<void> {
    this.#engine?.cancel(id, new LuaSkillsError("aborted", "the caller aborted the request"));
  }

  close(): Promise<Outcome<undefined>> {
    return outcomeOf(async () => {
      // A start that failed has nothing to close, and its error was reported.
      const engine = await this.#starting?.catch(() => undefined);
      await engine?.close();
      this.#deafen();
      this.#callbacks.close();
      return undefined;
    });
  }

  #wiring({ callbacks }: EngineStart): EngineWiring {
    return {
      callbacks: this.#callbacks.functions(callbacks),
      emit: (name, event, requestId) =>
        this.port.post({ type: "event", name, event, ...(requestId === undefined ? {} : { requestId }) }),
      registryChanged: (snapshot, capabilities) =>
        this.port.post({ type: "registry", snapshot, ...(capabilities ? { capabilities } : {}) }),
      keep: (batch) => this.port.post({ type: "keep", batch }),
    };
  }

  #hear(message: ToEngine): void {
    if (isRequest(message)) void this.#answer(message[0], requestOf(message));
    else if (message.type === "callback-result") this.#callbacks.settle(message);
  }

  async #answer(id: number, request: EngineRequest): Promise<void> {
    let outcome: Outcome;
    try {
      const engine = this.#engine;
      if (!engine) throw new LuaSkillsError("internal", "a request arrived before the engine was started");
      outcome = { ok: true, value: await engine.request(request, { requestId: id }) };
    } catch (error) {
      outcome = failed(error);
    }
    this.#reply(id, request.op, outcome);
  }

  #reply(id: number, op: Op, outcome: Outcome): void {
    try {
      this.port.post(replyFrame(id, op, outcome), ownBuffers(outcome));
    } catch (thrown) {
      const text = `the engine's answer cannot be sent to the page: ${String(thrown)}`;
      this.port.post([id, failed(new LuaSkillsError("internal", text))]);
    }
  }
}

function isRequest(message: ToEngine): message is RequestFrame {
  return Array.isArray(message);
}

const none: Transferable[] = [];

/** Bytes that fill their buffer are the engine's own copy (Vfs.readFile): they move instead of being copied again. */
function ownBuffers(outcome: Outcome): Transferable[] {
  if (!outcome.ok || !(outcome.value instanceof Uint8Array)) return none;
  const { buffer, byteLength } = outcome.value;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : none;
}
