import type { ProcessSession, ProcessSessionStatus, SessionBytes, SessionRead } from "../interface.ts";
import type { BridgeLink } from "./link.ts";

/** A program that runs in the bridge. It ends with the connection. */
export class BridgeSession implements ProcessSession {
  #writable = true;

  constructor(
    private readonly link: BridgeLink,
    private readonly session: number,
  ) {}

  get writable(): boolean {
    return this.#writable;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#call("write", { bytes });
  }

  read(options: SessionRead): Promise<SessionBytes> {
    return this.#call("read", options) as Promise<SessionBytes>;
  }

  async status(): Promise<ProcessSessionStatus> {
    return (await this.#call("status")) as ProcessSessionStatus;
  }

  async close(timeoutMs: number): Promise<ProcessSessionStatus> {
    this.#writable = false;
    return (await this.#call("closeSession", { timeoutMs })) as ProcessSessionStatus;
  }

  async kill(): Promise<void> {
    this.#writable = false;
    await this.#call("kill");
  }

  #call(method: string, params: object = {}): Promise<unknown> {
    return this.link.call("process", method, { session: this.session, ...params });
  }
}
