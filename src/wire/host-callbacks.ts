/**
 * Host callbacks at the page's end: the engine asks by message, the host's function answers.
 * @module
 */
import type { CallbackContext, HostCallbacks } from "../contract/contract.ts";
import { type ErrorData, LuaSkillsError } from "../errors.ts";
import { failed, type Outcome } from "./outcome.ts";
import type { CallbackAbort, CallbackMessage, CallbackResult, HostCallbackName } from "./protocol.ts";

/** The callbacks the host has registered: nothing else is in the object (client/options.ts). */
export function registeredCallbacks(callbacks: HostCallbacks): HostCallbackName[] {
  const names = Object.keys(callbacks) as HostCallbackName[];
  return names.filter((name) => callbacks[name]);
}

/** Runs the callbacks one engine asks for. */
export class HostCallbackRunner {
  readonly #running = new Map<number, AbortController>();

  constructor(
    private readonly callbacks: HostCallbacks,
    private readonly answer: (result: CallbackResult) => void,
  ) {}

  /** `callbacks`: those of the request that asks, when it has its own. */
  async run({ id, name, request, skill }: CallbackMessage, callbacks = this.callbacks): Promise<void> {
    const controller = new AbortController();
    this.#running.set(id, controller);
    const outcome = await runCallback(callbacks, name, request, {
      signal: controller.signal,
      ...(skill === undefined ? {} : { skill }),
    });
    if (!this.#running.delete(id)) return;
    try {
      this.answer({ type: "callback-result", id, outcome });
    } catch (thrown) {
      const text = `the ${name} callback returned something that cannot cross to the engine: ${String(thrown)}; return JSON values`;
      this.answer({ type: "callback-result", id, outcome: failed(new LuaSkillsError("invalid_result", text)) });
    }
  }

  abort({ id }: CallbackAbort): void {
    this.#running.get(id)?.abort(new LuaSkillsError("aborted", "the call that asked for this callback was stopped"));
  }

  /** Nobody waits any more for what still runs. */
  close(): void {
    const reason = new LuaSkillsError("aborted", "the engine that asked for this callback is gone");
    for (const controller of this.#running.values()) controller.abort(reason);
    this.#running.clear();
  }
}

/** Whatever the callback throws becomes data. */
async function runCallback(
  callbacks: HostCallbacks,
  name: HostCallbackName,
  request: unknown,
  context: CallbackContext,
): Promise<Outcome> {
  const callback = callbacks[name] as ((request: unknown, context: CallbackContext) => unknown) | undefined;
  try {
    if (!callback) throw new LuaSkillsError("internal", `the engine asked for the callback ${name}, which nobody gave`);
    if (name === "fetch") return { ok: true, value: await runFetch(callbacks, request as FetchRequest, context) };
    const look = looks[name];
    const value = await callback(request, context);
    return { ok: true, value: look ? await look(value) : value };
  } catch (thrown) {
    return { ok: false, error: thrownData(thrown) };
  }
}

interface FetchRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: Uint8Array;
}

async function runFetch(
  callbacks: HostCallbacks,
  { url, ...init }: FetchRequest,
  { signal }: CallbackContext,
): Promise<unknown> {
  const answer: unknown = await callbacks.fetch?.(url, { ...init, signal });
  return (await import("./callback-answers.ts")).fetchAnswer(answer);
}

/** Callbacks whose answers have a shape of their own; the others answer any JSON, or say themselves what is wrong with it. */
const looks: Partial<Record<HostCallbackName, (answer: unknown) => unknown>> = {
  decide: async (answer) => (await import("./callback-answers.ts")).decision(answer),
  runProgram: async (answer) => (await import("./callback-answers.ts")).programAnswer(answer),
};

/**
 * Callbacks may throw a `LuaSkillsError`, any Error, or plain data such as a model error `{ code, message,
 * provider_status }` (spec engine.md §12.5). What such data says is kept in `data`, its code included.
 */
function thrownData(thrown: unknown): ErrorData {
  if (thrown instanceof LuaSkillsError || typeof thrown !== "object" || thrown === null || !("code" in thrown)) {
    const error = LuaSkillsError.from(thrown).toData();
    // The engine logs it; an error of ours says what it has to say.
    const stack = thrown instanceof Error && !(thrown instanceof LuaSkillsError) ? thrown.stack : undefined;
    return stack === undefined ? error : { ...error, data: { ...error.data, stack } };
  }
  const message = "message" in thrown ? String(thrown.message) : "the host callback failed";
  const facts = Object.entries(thrown).filter(([, value]) => ["string", "number", "boolean"].includes(typeof value));
  return { code: "internal", message, data: Object.fromEntries(facts) };
}
