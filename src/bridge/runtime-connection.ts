/**
 * One runtime at the bridge's end: it must say hello with a token, then its calls go to the services.
 * @module
 */
import type { WebSocket } from "ws";
import { LuaSkillsError } from "../errors.ts";
import { decodeMessage, encodeMessage } from "../process/bridge/message-codec.ts";
import { type BridgeFacts, bridgeProtocol, type FromBridge, type ToBridge } from "../process/bridge/messages.ts";
import type { AuditLog } from "./audit-log.ts";
import type { BridgeConfig } from "./config.ts";
import { Roots } from "./roots.ts";
import { Scratch } from "./scratch.ts";
import type { BridgeService, ConnectionService } from "./service.ts";

export interface ConnectionParts {
  readonly config: BridgeConfig;
  readonly audit: AuditLog;
  readonly services: readonly BridgeService[];
  readonly facts: Omit<BridgeFacts, "services">;
  readonly origin: string | undefined;
  admits(token: string): boolean;
}

const helloWithinMs = 10_000;
/** Above this, a runtime that does not read what it asked for is cut off. */
const mostUnsentBytes = 256 * 2 ** 20;
const mostCalls = 1_000;

export class RuntimeConnection {
  readonly #services = new Map<string, ConnectionService>();
  readonly #calls = new Map<number, AbortController>();
  readonly #helloTimer: NodeJS.Timeout;
  readonly #scratch = new Scratch();
  #admitted = false;
  #ended: Promise<void> | undefined;

  constructor(
    private readonly socket: WebSocket,
    private readonly parts: ConnectionParts,
  ) {
    this.#helloTimer = setTimeout(() => this.#refuse("no hello within 10 s"), helloWithinMs);
    socket.on("message", (data: Buffer, isBinary: boolean) => void this.#hear(isBinary ? data : data.toString("utf8")));
    socket.on("error", () => socket.terminate());
    socket.on("close", () => void this.end());
  }

  /** Aborts what runs, ends what the services hold, closes the socket. Idempotent. */
  end(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    clearTimeout(this.#helloTimer);
    this.socket.close(1001);
    const gone = new LuaSkillsError("aborted", "the connection to the bridge ended");
    for (const call of this.#calls.values()) call.abort(gone);
    await Promise.all([...this.#services.values()].map((service) => service.close()));
    await this.#scratch.close();
    if (this.#admitted) this.parts.audit.write({ event: "disconnect", origin: this.parts.origin });
  }

  async #hear(frame: string | Buffer): Promise<void> {
    let message: Partial<ToBridge> | null;
    try {
      message = decodeMessage(frame) as Partial<ToBridge> | null;
    } catch {
      return this.#refuse("a message that cannot be read");
    }
    if (message?.type === "hello") return this.#hello(message);
    if (!this.#admitted) return this.#refuse("a message before the hello");
    if (message?.type === "cancel" && typeof message.id === "number") {
      this.#calls.get(message.id)?.abort(new LuaSkillsError("aborted", "the caller aborted the request"));
      return;
    }
    if (message?.type === "call" && typeof message.id === "number" && !this.#calls.has(message.id)) {
      return this.#call(message as Extract<ToBridge, { type: "call" }>);
    }
    this.#refuse("a message of an unknown kind");
  }

  async #hello(message: Partial<Extract<ToBridge, { type: "hello" }>>): Promise<void> {
    clearTimeout(this.#helloTimer);
    if (this.#admitted) return this.#refuse("a second hello");
    const { origin, audit, config, services, facts } = this.parts;
    if (typeof message.token !== "string" || !this.parts.admits(message.token)) {
      return this.#refuse(
        "the token is not one of this bridge's for this page; pair again with the code in its terminal",
      );
    }
    this.#admitted = true;
    audit.write({ event: "connect", origin });
    const told: Record<string, unknown> = {};
    const scratch = this.#scratch;
    const shared = { config, audit, origin, scratch, roots: new Roots(config.roots, scratch) };
    for (const service of services) {
      const emit = (name: string, data: unknown) => this.#send({ type: "event", service: service.name, name, data });
      const opened = await service.open({ ...shared, emit });
      this.#services.set(service.name, opened);
      told[service.name] = opened.facts;
      // The page may have left while a service was opening.
      if (this.#ended) await opened.close();
    }
    this.#send({ type: "welcome", protocol: bridgeProtocol, facts: { ...facts, services: told } });
  }

  async #call({ id, service, method, params }: Extract<ToBridge, { type: "call" }>): Promise<void> {
    if (this.#calls.size >= mostCalls) {
      const error = new LuaSkillsError("overloaded", `more than ${mostCalls} calls of the bridge are under way`);
      return this.#send({ type: "error", id, error: error.toData() });
    }
    const abort = new AbortController();
    this.#calls.set(id, abort);
    try {
      const value = await this.#method(service, method)(params, { signal: abort.signal });
      this.#send({ type: "result", id, value });
    } catch (thrown) {
      this.#send({ type: "error", id, error: this.#told(thrown, `${service}.${method}`).toData() });
    } finally {
      this.#calls.delete(id);
    }
  }

  #method(service: string, method: string): ConnectionService["methods"][string] {
    const found = this.#services.get(service);
    if (!found) throw new LuaSkillsError("capability_unavailable", `this bridge has no service "${service}"`);
    const run = Object.hasOwn(found.methods, method) ? found.methods[method] : undefined;
    if (!run) throw new LuaSkillsError("invalid_argument", `the bridge's ${service} has no method "${method}"`);
    return run;
  }

  /** What a runtime hears of a failure: our own errors whole, of others only that they happened. */
  #told(thrown: unknown, what: string): LuaSkillsError {
    if (thrown instanceof LuaSkillsError) {
      if (thrown.code === "permission_denied") {
        this.parts.audit.write({ event: "refuse", origin: this.parts.origin, what, why: thrown.message });
      }
      return thrown;
    }
    this.parts.audit.write({ event: "fault", origin: this.parts.origin, what, error: String(thrown) });
    return new LuaSkillsError("bridge_error", `${what} failed in the bridge; its log says why`);
  }

  #refuse(why: string): void {
    this.parts.audit.write({ event: "refuse", origin: this.parts.origin, why });
    const error = new LuaSkillsError("permission_denied", why).toData();
    this.#send({ type: "refused", error });
    void this.end();
  }

  #send(message: FromBridge): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > mostUnsentBytes) this.socket.terminate();
    else this.socket.send(encodeMessage(message));
  }
}
