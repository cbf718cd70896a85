/**
 * Sessions: Lua whose globals stay, over the leases of the native API (engine.md §10). Loaded with the first one.
 * @module
 */
import type { Json, JsonObject, RuntimeSession, SessionEvalOptions, SessionOptions } from "../contract/contract.ts";
import { type ErrorData, LuaSkillsError, type LuaSkillsErrorCode } from "../errors.ts";
import type { EngineEvent, Transport } from "../wire/transport.ts";
import { areOptions, misuse } from "./arguments/call-options.ts";
import { throwIfAborted } from "./call-watch.ts";
import { told } from "./emitter.ts";

/** What a lease may live unused, and what it lives by default. */
const ttl = { default: 600_000, most: 3_600_000 };
/** What may be said of a lease that answers no more. */
const refusals: Readonly<Record<string, LuaSkillsErrorCode>> = {
  lease_limit_exceeded: "overloaded",
  lease_busy: "conflict",
};

/** @throws LuaSkillsError `invalid_argument`, `overloaded` (too many sessions) */
export async function openSession(
  transport: Transport,
  callTimeoutMs: number,
  options?: SessionOptions,
): Promise<RuntimeSession> {
  if (!areOptions(options)) throw (await misuse()).ofOptions(options);
  const { ttlMs = ttl.default, entries } = options ?? {};
  if (typeof ttlMs !== "number" || !(ttlMs > 0 && ttlMs <= ttl.most)) {
    throw new LuaSkillsError(
      "invalid_argument",
      `session({ ttlMs }) must be above 0 and at most ${ttl.most} (an hour), got ${String(ttlMs)}`,
    );
  }
  if (entries !== undefined && !(Array.isArray(entries) && entries.every((each) => typeof each === "string"))) {
    const text = "session({ entries }) must be an array of the names of entries";
    throw new LuaSkillsError("invalid_argument", text, { data: { member: "entries" } });
  }
  const sid = `session-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
  const session = new LeaseSession(transport, callTimeoutMs, sid, { ...options, ttlMs });
  await session.reset();
  const symbol = Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose");
  return Object.defineProperty(session, symbol, { value: () => session.close() }) as unknown as RuntimeSession;
}

class LeaseSession implements Omit<RuntimeSession, typeof Symbol.asyncDispose> {
  #leaseId = "";
  #closed = false;
  /** One after the other: a lease does one thing at a time. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly transport: Transport,
    private readonly callTimeoutMs: number,
    readonly id: string,
    private readonly options: SessionOptions & { readonly ttlMs: number },
  ) {}

  async eval(code: string, args: Json = {}, options?: SessionEvalOptions): Promise<Json> {
    if (!areOptions(options)) throw (await misuse()).ofOptions(options);
    return this.#next(() => this.#eval(code, args, options ?? {}));
  }

  reset(): Promise<void> {
    return this.#next(async () => {
      const { ttlMs, cwd, entries } = this.options;
      const created = await this.#ask("create", {
        sid: this.id,
        ttl_sec: Math.ceil(ttlMs / 1000),
        replace: true,
        ...(cwd === undefined ? {} : { cwd }),
        ...(entries === undefined ? {} : { entries: [...entries] }),
      });
      this.#leaseId = String(created.lease_id);
    });
  }

  close(): Promise<void> {
    if (this.#closed) return this.#last.then(() => undefined);
    return this.#next(async () => {
      this.#closed = true;
      // Whatever ended it before is fine, the end of the runtime too.
      await this.#ask("close", { lease_id: this.#leaseId }).catch(() => undefined);
    });
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(() => {
      if (this.#closed) throw new LuaSkillsError("runtime_closed", "the session was closed");
      return work();
    });
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #eval(code: string, args: Json, options: SessionEvalOptions): Promise<Json> {
    if (typeof code !== "string")
      throw new LuaSkillsError("invalid_argument", "the code of a session must be a string");
    const { signal, timeoutMs = this.callTimeoutMs, context, onLog, onProgress } = options;
    throwIfAborted(signal);
    const onEvent = (event: EngineEvent) => {
      if (event.name === "log") told(() => onLog?.(event.event));
      if (event.name === "callProgress") told(() => onProgress?.(event.event));
    };
    const params = {
      lease_id: this.#leaseId,
      code,
      args,
      // A lease always has a limit; a day stands for none.
      timeout_ms: timeoutMs > 0 && timeoutMs < 86_400_000 ? Math.ceil(timeoutMs) : 86_400_000,
      detailed: true,
      ...(context === undefined ? {} : { invocation_context: { client_budget: {}, tool_config: {}, ...context } }),
    };
    return (await this.#ask("eval", params, { signal, onEvent })).result ?? null;
  }

  async #ask(
    operation: "create" | "eval" | "close",
    params: JsonObject,
    options: Parameters<Transport["request"]>[1] = {},
  ): Promise<JsonObject> {
    const method = `runtime_lease_${operation}`;
    const envelope = await this.transport.request({ op: "json", method, params }, options);
    if (envelope.ok !== true) throw envelopeError(envelope);
    const answer = envelope.result as JsonObject;
    if (answer.ok !== true) throw refusal(answer);
    return answer;
  }
}

function envelopeError({ error }: JsonObject): LuaSkillsError {
  const message = typeof error === "string" ? error : JSON.stringify(error);
  return new LuaSkillsError("invalid_argument", message);
}

function refusal({ error_code: reason, message, error }: JsonObject): LuaSkillsError {
  if (error) return ofOwnText(error as unknown as ErrorData);
  const code = refusals[String(reason)];
  if (code) return new LuaSkillsError(code, String(message), { data: { reason: reason ?? null } });
  return new LuaSkillsError(
    "not_found",
    `the session is gone, and what it kept with it: ${String(message)}. It ends when it was not used for its ttlMs, and when ` +
      "skills are loaded anew; reset() starts it again",
    { data: { reason: reason ?? null } },
  );
}

/** In lines of the code that was given, without the words around it. */
function ofOwnText({ code, message, data: given = {}, ...rest }: ErrorData): LuaSkillsError {
  const { wrapperLines, ...data } = given;
  const before = Number(wrapperLines ?? 0);
  const line = data.file === undefined && typeof data.line === "number" ? data.line - before : undefined;
  const text = message
    .replace(/^Runtime session eval error: /, "")
    .replace(/^(runtime|syntax) error: /, "")
    .replaceAll(/\brun_lua:(\d+):/g, (_, digits: string) => `line ${Number(digits) - before}:`);
  return LuaSkillsError.fromData({
    code: code === "lua_error" && text.startsWith("luaexec execution timed out") ? "deadline_exceeded" : code,
    message: text.replace(/^luaexec execution timed out/, "the code did not end in time: stopped"),
    data: { ...data, ...(line === undefined ? {} : { line }) },
    ...rest,
  });
}
