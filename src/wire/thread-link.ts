import { wrap } from "comlink";
import { LuaSkillsError } from "../errors.ts";
import type { EngineLink } from "./link.ts";
import { MessageWire, type PlatformPort } from "./message-port.ts";
import type { EngineControl, FromEngine, ToEngine } from "./protocol.ts";

export interface ThreadLinkPlan {
  readonly port: PlatformPort;
  readonly handshakeMs: number;
  /** The error for a thread that gave no sign in time; `why` says so. */
  noSign(why: string): Promise<LuaSkillsError>;
  /** Waited for before the engine starts. */
  beforeStart(): Promise<void>;
}

/** What links to an engine in another thread share: the port with comlink on it, the handshake, how it dies. */
export abstract class ThreadLink implements EngineLink {
  readonly terminable = true;
  readonly port: MessageWire<ToEngine, FromEngine>;
  readonly control: EngineControl;
  readonly ready: Promise<void>;
  readonly died: Promise<LuaSkillsError>;
  #fail: (error: LuaSkillsError) => void = () => {};
  #die: (error: LuaSkillsError) => void = () => {};

  protected constructor({ port, handshakeMs, noSign, beforeStart }: ThreadLinkPlan) {
    this.port = new MessageWire(port);
    const remote = wrap<EngineControl>(this.port.control);
    this.control = {
      start: async (start) => {
        await beforeStart();
        return remote.start(start);
      },
      cancel: (id) => remote.cancel(id),
      close: () => remote.close(),
    };
    this.died = new Promise((resolve) => {
      this.#die = resolve;
    });
    this.ready = new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        void noSign(`no answer within ${handshakeMs} ms (limits.handshakeMs)`).then((error) => this.#fail(error));
      }, handshakeMs);
      const deafen = this.port.listen((message) => {
        if (!("type" in message) || message.type !== "ready") return;
        settled();
        resolve();
      });
      const settled = () => {
        clearTimeout(timer);
        deafen();
      };
      this.#fail = (error) => {
        settled();
        reject(error);
      };
    });
    void this.died.then((error) => this.#fail(error));
    // Whoever waits for `ready` hears of it; a link that is terminated before anybody does must not be an unhandled rejection.
    this.ready.catch(() => {});
  }

  terminate(reason: LuaSkillsError): void {
    this.end();
    this.port.close();
    this.#die(reason);
  }

  /** Ends the thread. */
  protected abstract end(): void;

  /** The thread's code does not come up. */
  protected failHandshake(error: LuaSkillsError): void {
    this.#fail(error);
  }

  protected crashed(what: string): void {
    this.#die(new LuaSkillsError("worker_crashed", `${what}; the call may or may not have run`));
  }
}
