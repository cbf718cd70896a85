import { messageOf } from "../../base/message-of.ts";
import { timerMs } from "../../base/timers.ts";
import { LuaSkillsError } from "../../errors.ts";
import { type RequestFrame, requestOf } from "../../wire/frames.ts";
import type { EngineLink } from "../../wire/link.ts";
import type { EngineRequest } from "../../wire/ops.ts";
import { failed, type Outcome, outcomeOf } from "../../wire/outcome.ts";
import type { PagePort } from "../../wire/port.ts";
import type { EngineControl, FromEngine, ToEngine } from "../../wire/protocol.ts";
import { encodeWire, type RemoteLine, type RemoteStart, remotePaths } from "../wire.ts";
import { boundedText } from "./bounded-text.ts";
import { readEvents } from "./sse.ts";
import { readError, readLine, readStart } from "./validate.ts";

export interface RemoteOptions {
  /** Sent with every request, e.g. an Authorization header; a function is asked each time. */
  readonly headers?: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>);
  /**
   * Keep a connection open for what belongs to no request: log lines of other clients, changes of the registry. Default
   * true. An object of Cloudflare stays in memory, and is billed, for as long as somebody listens.
   */
  readonly events?: boolean;
  /** Bytes an answer of the server may have. Default 64 MiB, as a server sends at most. */
  readonly maxBytes?: number;
  /** Default: the platform's. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/** An engine behind HTTP. It outlives this link: closing or terminating the link only lets go of it. */
export class HttpLink implements EngineLink {
  readonly terminable = false;
  readonly ready = Promise.resolve();
  readonly died: Promise<LuaSkillsError>;
  readonly port: RemotePort;
  readonly control: EngineControl;
  readonly #running = new Map<number, AbortController>();
  readonly #gone = new AbortController();
  readonly #maxBytes: number;
  #die: (reason: LuaSkillsError) => void = () => {};

  constructor(
    private readonly base: string,
    private readonly options: RemoteOptions,
    /** Milliseconds the server may take to answer the start. */
    private readonly startMs: number,
  ) {
    this.#maxBytes = options.maxBytes ?? 64 * 2 ** 20;
    this.died = new Promise((resolve) => {
      this.#die = resolve;
    });
    this.port = new RemotePort((id, request) => void this.#request(id, request));
    this.control = {
      start: () =>
        outcomeOf(async () => {
          const value = await this.#ask().catch((thrown: unknown) => {
            throw LuaSkillsError.from(thrown, "network_error");
          });
          if (this.options.events !== false) void this.#listen();
          return value;
        }),
      // The server stops a request whose connection ends.
      cancel: async (id) =>
        this.#running.get(id)?.abort(new LuaSkillsError("aborted", "the caller aborted the request")),
      close: async () => ({ ok: true, value: undefined }),
    };
  }

  async #ask(): Promise<RemoteStart> {
    const controller = new AbortController();
    const giveUp = () => controller.abort(this.#gone.signal.reason);
    const late = unreachable(this.base, `nothing came within ${this.startMs} ms (limits.handshakeMs)`);
    const timer = setTimeout(() => controller.abort(late), timerMs(this.startMs));
    this.#gone.signal.addEventListener("abort", giveUp);
    const stopped = new Promise<never>((_, reject) => {
      controller.signal.addEventListener("abort", () => reject(controller.signal.reason), { once: true });
    });
    stopped.catch(() => {}); // the races below report it
    try {
      const ask = this.#fetch(remotePaths.start, { method: "GET", signal: controller.signal });
      // A fetch of the host's own need not heed the signal.
      const response = await Promise.race([ask, stopped]);
      return readStart(await Promise.race([boundedText(response, this.#maxBytes), stopped]));
    } finally {
      clearTimeout(timer);
      this.#gone.signal.removeEventListener("abort", giveUp);
    }
  }

  async #request(id: number, request: EngineRequest): Promise<void> {
    this.port.deliver([id, await this.#outcome(id, request)]);
  }

  async #outcome(id: number, request: EngineRequest): Promise<Outcome> {
    const controller = new AbortController();
    this.#running.set(id, controller);
    let outcome: Outcome | undefined;
    try {
      const response = await this.#fetch(remotePaths.request, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: encodeWire(request, true),
        signal: controller.signal,
      });
      await this.#read(response, this.#maxBytes, (line) => {
        if (line.type === "outcome") outcome = line.outcome;
        else this.port.deliver(line.message.type === "event" ? { ...line.message, requestId: id } : line.message);
      });
    } catch (thrown) {
      if (outcome === undefined) return failed(LuaSkillsError.from(thrown, "network_error"));
    } finally {
      this.#running.delete(id);
    }
    const cutOff = "the connection ended before the answer came; the call may or may not have run";
    return outcome ?? failed(unreachable(this.base, cutOff));
  }

  terminate(reason: LuaSkillsError): void {
    this.#gone.abort(reason);
    for (const controller of this.#running.values()) controller.abort(reason);
    this.port.close();
    this.#die(reason);
  }

  /**
   * Events that belong to no request. The stream is a convenience: a dropped one loses log lines, never results, and
   * requests report what is wrong. A dropped one is opened again; a server that refuses it does without.
   */
  async #listen(): Promise<void> {
    let pauseMs = listenAgainMs.first;
    for (let first = true; !this.#gone.signal.aborted; first = false) {
      try {
        const response = await this.#fetch(remotePaths.events, { method: "GET", signal: this.#gone.signal });
        if (!first) this.port.deliver({ type: "registry", snapshot: (await this.#ask()).snapshot });
        pauseMs = listenAgainMs.first;
        await this.#read(response, Number.POSITIVE_INFINITY, (line) => {
          if (line.type === "message") this.port.deliver(line.message);
        });
      } catch (thrown) {
        if (refused(thrown)) return;
      }
      await pause(pauseMs, this.#gone.signal);
      pauseMs = Math.min(pauseMs * 2, listenAgainMs.last);
    }
  }

  async #read(response: Response, streamBytes: number, onLine: (line: RemoteLine) => void): Promise<void> {
    if (!response.body) throw unreachable(this.base, "the answer has no body");
    const bounds = { eventBytes: this.#maxBytes, streamBytes };
    await readEvents(response.body, (data) => onLine(readLine(data)), bounds);
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const { headers = {}, fetch = globalThis.fetch.bind(globalThis) } = this.options;
    const own = typeof headers === "function" ? headers() : headers;
    let response: Response;
    try {
      // Followed by hand, which is never: the headers of this request are for this address alone.
      const redirect = "manual";
      response = await fetch(`${this.base}${path}`, { ...init, redirect, headers: { ...init.headers, ...own } });
    } catch (thrown) {
      if (init.signal?.aborted) throw LuaSkillsError.from(init.signal.reason, "aborted");
      throw unreachable(this.base, messageOf(thrown), thrown);
    }
    if (response.ok) return response;
    if (response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400)) {
      throw new LuaSkillsError("network_error", `${this.base}${path} redirects to another address; give that one`, {
        data: { status: response.status },
      });
    }
    throw await refusal(response, `${this.base}${path}`, this.#maxBytes);
  }
}

/** Milliseconds until a dropped event stream is opened again: the first time, and at most. */
const listenAgainMs = { first: 1_000, last: 30_000 };

/** The server is there and will not have it; anything else may pass. */
function refused(thrown: unknown): boolean {
  const { code, data } = LuaSkillsError.from(thrown, "network_error");
  const status = Number(data.status ?? 0);
  return (
    code === "protocol_error" || code === "permission_denied" || code === "not_found" || (status >= 400 && status < 500)
  );
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener("abort", over);
  });
}

/** The server's own error when the body is one, else what the status says. */
async function refusal(response: Response, url: string, maxBytes: number): Promise<LuaSkillsError> {
  const text = await boundedText(response, maxBytes);
  try {
    const body = JSON.parse(text) as { error?: unknown };
    if (body.error !== undefined) return LuaSkillsError.fromData(readError(body.error));
  } catch {
    // Not ours: a proxy's page, a router's 404.
  }
  const denied = response.status === 401 || response.status === 403;
  return new LuaSkillsError(
    denied ? "permission_denied" : "network_error",
    `${url} answered ${response.status}; ${denied ? "check the headers given to connectRuntime" : "is this the address of a luaskills-wasm server?"}`,
    { data: { status: response.status } },
  );
}

function unreachable(base: string, why: string, cause?: unknown): LuaSkillsError {
  return new LuaSkillsError("network_error", `the engine at ${base} did not answer: ${why}`, { cause });
}

/** Our end of the engine's wire: requests go out by HTTP, and what the server streams is delivered here. */
class RemotePort implements PagePort {
  readonly #listeners = new Set<(message: FromEngine) => void>();

  constructor(private readonly send: (id: number, request: EngineRequest) => void) {}

  deliver(message: FromEngine): void {
    for (const hear of [...this.#listeners]) hear(message);
  }

  post(message: ToEngine): void {
    if (!Array.isArray(message)) {
      throw new LuaSkillsError("internal", "a remote engine runs its host callbacks on its own side");
    }
    const frame = message as RequestFrame;
    this.send(frame[0], requestOf(frame));
  }

  listen(hear: (message: FromEngine) => void): () => void {
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  }

  close(): void {
    this.#listeners.clear();
  }
}
