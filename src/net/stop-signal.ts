/**
 * What ends a request: the caller, or its time.
 * @module
 */
import { forRequest } from "../base/request-of.ts";
import { timerMs } from "../base/timers.ts";

export interface Stop {
  readonly signal: AbortSignal;
  readonly stopped: Promise<never>;
  reason(): "aborted" | "timeout" | undefined;
  end(): void;
}

/** `AbortSignal.any` and `.timeout` in one, for the browsers that lack them; it leaves no timer and no listener behind. */
export function stopSignal(outer: AbortSignal | undefined, timeoutMs: number): Stop {
  const inner = new AbortController();
  forRequest(inner.signal, outer);
  let why: "aborted" | "timeout" | undefined;
  const onAbort = (): void => {
    why ??= "aborted";
    inner.abort(outer?.reason);
  };
  const timer = setTimeout(() => {
    why ??= "timeout";
    inner.abort(new DOMException(`no answer within ${timeoutMs} ms`, "TimeoutError"));
  }, timerMs(timeoutMs));
  const stopped = new Promise<never>((_, reject) => {
    inner.signal.addEventListener("abort", () => reject(inner.signal.reason), { once: true });
  });
  stopped.catch(() => undefined);
  if (outer?.aborted === true) onAbort();
  else outer?.addEventListener("abort", onAbort, { once: true });
  return {
    signal: inner.signal,
    stopped,
    reason: () => why,
    end: () => {
      clearTimeout(timer);
      outer?.removeEventListener("abort", onAbort);
    },
  };
}
