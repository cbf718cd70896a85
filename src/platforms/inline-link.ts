import type { LuaSkillsError } from "../errors.ts";
import type { EngineLink } from "../wire/link.ts";
import { localPortPair } from "../wire/local-port.ts";
import type { EngineEndpoint, EnginePort, EngineRequest, EngineStart, Outcome } from "../wire/protocol.ts";

/** An engine in our own thread: Node, Deno, workerd. Nothing can stop it from outside; its own guard does. */
export class InlineLink implements EngineLink {
  readonly terminable = false;
  readonly port: EnginePort;
  readonly ready = Promise.resolve();
  readonly died: Promise<LuaSkillsError>;
  readonly #enginePort: EnginePort;
  #die: (reason: LuaSkillsError) => void = () => {};

  constructor(private readonly endpoint: EngineEndpoint) {
    [this.port, this.#enginePort] = localPortPair();
    this.died = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  start(start: EngineStart): ReturnType<EngineEndpoint["start"]> {
    return this.endpoint.start(start, this.#enginePort);
  }

  request(id: number, request: EngineRequest): Promise<Outcome> {
    return this.endpoint.request(id, request);
  }

  async cancel(id: number): Promise<void> {
    this.endpoint.cancel(id);
  }

  close(): Promise<Outcome<undefined>> {
    return this.endpoint.close();
  }

  terminate(reason: LuaSkillsError): void {
    this.port.close?.();
    this.#die(reason);
  }
}
