import { Deadlines } from "../base/deadlines.ts";
import { onAbort } from "../base/on-abort.ts";
import { settlesWithin } from "../base/patience.ts";
import type { Capabilities, HostCallbacks } from "../contract/contract.ts";
import { LuaSkillsError, type LuaSkillsErrorCode } from "../errors.ts";
import type { Limits } from "../limits.ts";
import type { EngineLink } from "../wire/link.ts";
import type { EngineReplies, EngineRequest } from "../wire/ops.ts";
import type { EngineStart, RegistrySnapshot } from "../wire/protocol.ts";
import { EngineSession, type PendingCall } from "../wire/session.ts";
import type { EngineEvent, RequestOptions, Transport } from "../wire/transport.ts";
import { areOptions, misuse } from "./arguments/call-options.ts";
import { longestCall, type StopCause, throwIfAborted, watchCall } from "./call-watch.ts";

export interface SupervisorPlan {
  /** Makes the thread of a new engine; a spare has time to prepare itself. */
  readonly createLink: (role: { readonly spare: boolean }) => EngineLink;
  readonly start: EngineStart;
  readonly callbacks: HostCallbacks;
  readonly limits: Limits;
  readonly warmSpare: boolean;
  /** Default 1000. */
  readonly spareDelayMs?: number;
  readonly emit: (event: EngineEvent) => void;
  /** The snapshot is another one. */
  readonly changed: () => void;
  /** Called once, when no engine is left: after a failed start, or after close. */
  readonly ended: () => void;
}

/** Milliseconds after a start before a spare boots: the first calls matter more. */
const spareDelayMs = 1_000;
/** Milliseconds an engine gets to commit and let go of its store when the runtime closes. */
const closeMs = 5_000;

/**
 * Keeps one engine running. An engine that does not hear (Lua in a loop that the guard inside could not stop) or that
 * died is replaced by a new one on the same store; what was acknowledged is durable, what was in flight fails.
 */
export class Supervisor implements Transport {
  #session: EngineSession | undefined;
  #booting: Promise<EngineSession> | undefined;
  #bootingLink: EngineLink | undefined;
  #spare: EngineLink | undefined;
  /** When the engine last answered an abort; on the scale of `performance.now()`. */
  #heardAt = 0;
  #spareTimer: ReturnType<typeof setTimeout> | undefined;
  #capabilities: Capabilities | undefined;
  #snapshot: RegistrySnapshot = { entries: [], problems: [] };
  /** What a memory store has committed. */
  readonly #kept = new Map<string, unknown>();
  #closing: Promise<void> | undefined;
  readonly #deadlines = new Deadlines();
  readonly #longestCallMs: number;

  constructor(private readonly plan: SupervisorPlan) {
    this.#longestCallMs = longestCall(plan.limits, plan.start.options.grants);
  }

  /** The first start. @throws LuaSkillsError `worker_unavailable`, `storage_in_use`, `aborted`, … */
  async start(signal?: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    const leave = onAbort(signal, () => void this.close());
    try {
      await this.#boot();
    } catch (thrown) {
      await this.close();
      throwIfAborted(signal);
      throw thrown;
    } finally {
      leave();
    }
  }

  get capabilities(): Capabilities {
    if (!this.#capabilities) throw new LuaSkillsError("internal", "the engine has not started");
    return this.#capabilities;
  }

  snapshot(): RegistrySnapshot {
    return this.#snapshot;
  }

  async request<R extends EngineRequest>(request: R, given?: RequestOptions): Promise<EngineReplies[R["op"]]> {
    if (!areOptions(given)) throw (await misuse()).ofOptions(given);
    const options = given ?? {};
    throwIfAborted(options.signal);
    const session = this.#session ?? (await this.#replacement(options.signal));
    const call = session.request(request, options);
    let stopped: StopCause | undefined;
    const unwatch = watchCall(this.#deadlines, request, options.signal, this.#longestCallMs, (cause) => {
      stopped = cause;
      void this.#stop(session, call, cause);
    });
    try {
      return (await call.reply) as EngineReplies[R["op"]];
    } catch (thrown) {
      // The engine was told to give up and says so; the caller should hear why it was told.
      if (stopped && thrown instanceof LuaSkillsError && thrown.code === "aborted") throw stopError(stopped);
      throw thrown;
    } finally {
      unwatch();
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close().finally(this.plan.ended);
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearTimeout(this.#spareTimer);
    this.#spare?.terminate(closed());
    this.#bootingLink?.terminate(closed());
    const session = this.#session;
    this.#session = undefined;
    if (!session) return;
    session.failAll(closed);
    // An engine that does not hear would not hear a close either.
    const hears = await settlesWithin(session.link.control.cancel(0), this.plan.limits.stopGraceMs);
    if (hears) await settlesWithin(session.link.control.close(), closeMs);
    session.end(closed);
  }

  /** Waits for the engine that replaces a lost one; starts it when nobody has. */
  async #replacement(signal: AbortSignal | undefined): Promise<EngineSession> {
    const boot = this.#booting ?? this.#reboot();
    if (signal) {
      let leave = () => {};
      const aborted = new Promise<void>((resolve) => {
        leave = onAbort(signal, resolve);
      });
      await Promise.race([boot, aborted]).finally(() => leave());
      throwIfAborted(signal);
    }
    return boot;
  }

  #reboot(): Promise<EngineSession> {
    const boot = this.#boot();
    // The request that waits for it reports; without one, the next request tries again.
    boot.catch(() => {});
    return boot;
  }

  #boot(): Promise<EngineSession> {
    if (this.#closing) return Promise.reject(closed());
    const link = this.#spare ?? this.plan.createLink({ spare: false });
    this.#spare = undefined;
    this.#bootingLink = link;
    const boot = this.#open(link).finally(() => {
      this.#booting = undefined;
      this.#bootingLink = undefined;
    });
    this.#booting = boot;
    return boot;
  }

  async #open(link: EngineLink): Promise<EngineSession> {
    const { start, callbacks, emit } = this.plan;
    const { session, capabilities, snapshot } = await EngineSession.open(link, this.#startOf(link, start), callbacks, {
      event: emit,
      registry: (announced) => {
        if (announced.capabilities) this.#capabilities = { ...this.capabilities, ...announced.capabilities };
        this.#mirror(announced.snapshot);
      },
      keep: ({ puts, deletes }) => {
        for (const key of deletes) this.#kept.delete(key);
        for (const [key, value] of puts) this.#kept.set(key, value);
      },
    });
    if (this.#closing) {
      session.end(closed);
      throw closed();
    }
    this.#session = session;
    this.#capabilities = capabilities;
    this.#mirror(snapshot);
    void link.died.then((error) => this.#replace(session, error.code, () => error));
    if (this.plan.warmSpare && link.terminable) {
      this.#spareTimer = setTimeout(() => this.#keepSpare(), this.plan.spareDelayMs ?? spareDelayMs);
    }
    return session;
  }

  /** A memory store in a thread that may be ended lives on here. */
  #startOf({ terminable }: EngineLink, start: EngineStart): EngineStart {
    const keeps = terminable && start.options.storage?.kind === "memory";
    return keeps ? { ...start, kept: [...this.#kept] } : start;
  }

  #mirror(snapshot: RegistrySnapshot): void {
    this.#snapshot = snapshot;
    this.plan.changed();
  }

  #keepSpare(): void {
    if (this.#spare || this.#closing) return;
    const spare = this.plan.createLink({ spare: true });
    this.#spare = spare;
    void spare.died.then(() => {
      if (this.#spare === spare) this.#spare = undefined;
    });
    // A spare that cannot start is no fault of any call; the next restart makes a worker of its own and reports.
    spare.ready.catch(() => spare.terminate(closed()));
  }

  /** Asks the engine to give a call up; terminates an engine that does not hear. */
  async #stop(session: EngineSession, call: PendingCall, cause: StopCause): Promise<void> {
    const { stopGraceMs } = this.plan.limits;
    if (await this.#hears(session, call)) {
      // It hears, so it is not Lua that hangs: at most a host callback that ignores its signal.
      if (!(await settlesWithin(call.reply, stopGraceMs))) session.fail(call.id, stopError(cause));
      return;
    }
    session.fail(call.id, stopError(cause));
    if (!session.link.terminable) return;
    this.#replace(
      session,
      cause.code,
      () =>
        new LuaSkillsError("worker_crashed", `the engine was restarted because another call hung (${cause.message})`),
    );
  }

  /** Whether the engine comes to this abort: as long as it answers those of other calls it has a queue, and is no engine that hangs. */
  async #hears(session: EngineSession, call: PendingCall): Promise<boolean> {
    let asked = performance.now();
    const heard = session.link.control.cancel(call.id).then(() => {
      this.#heardAt = performance.now();
    });
    while (!(await settlesWithin(Promise.race([heard, call.reply]), this.plan.limits.stopGraceMs))) {
      if (this.#heardAt <= asked) return false;
      asked = this.#heardAt;
    }
    return true;
  }

  #replace(session: EngineSession, reason: LuaSkillsErrorCode, error: () => LuaSkillsError): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    clearTimeout(this.#spareTimer);
    session.end(error);
    this.plan.emit({ name: "restart", event: { reason } });
    void this.#reboot();
  }
}

function closed(): LuaSkillsError {
  return new LuaSkillsError("runtime_closed", "the runtime was closed");
}

function stopError({ code, message, data }: StopCause): LuaSkillsError {
  return new LuaSkillsError(code, message, data && { data });
}
