import { requestOf } from "../base/request-of.ts";
import type { CallbackContext, HostCallbacks } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { failed, type Outcome } from "./outcome.ts";
import type { CallbackAbort, CallbackMessage, CallbackResult, HostCallbackName } from "./protocol.ts";

/** Host callbacks at the engine's end: functions that ask by message, and wait for the answer with their id. */
export class AskedCallbacks {
  readonly #waiting = new Map<number, (outcome: Outcome) => void>();
  #lastId = 0;

  constructor(private readonly post: (message: CallbackMessage | CallbackAbort) => void) {}

  /** A function for each callback the host has. */
  functions(names: readonly HostCallbackName[]): HostCallbacks {
    const out: Record<string, unknown> = {};
    for (const name of names) {
      out[name] =
        name === "fetch"
          ? (url: string, { signal, ...init }: { signal?: AbortSignal }) => this.#ask(name, { url, ...init }, signal)
          : (request: unknown, context: CallbackContext) => this.#ask(name, request, context.signal, context.skill);
    }
    return out as HostCallbacks;
  }

  settle({ id, outcome }: CallbackResult): void {
    this.#waiting.get(id)?.(outcome);
  }

  close(): void {
    const outcome = failed(new LuaSkillsError("runtime_closed", "the runtime was closed"));
    for (const settle of [...this.#waiting.values()]) settle(outcome);
  }

  #ask(
    name: HostCallbackName,
    request: unknown,
    signal: AbortSignal | undefined,
    skill?: string | null,
  ): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.post({ type: "callback-abort", id });
        settle(failed(LuaSkillsError.from(signal?.reason, "aborted")));
      };
      const settle = (outcome: Outcome) => {
        this.#waiting.delete(id);
        signal?.removeEventListener("abort", abort);
        if (outcome.ok) resolve(outcome.value);
        else reject(LuaSkillsError.fromData(outcome.error));
      };
      this.#waiting.set(id, settle);
      signal?.addEventListener("abort", abort);
      const requestId = requestOf(signal);
      this.post({
        type: "callback",
        id,
        name,
        request,
        ...(skill === undefined ? {} : { skill }),
        ...(requestId === undefined ? {} : { requestId }),
      });
      if (signal?.aborted) abort();
    });
  }
}
