import { onAbort } from "../base/on-abort.ts";
import type { CallResult, StreamEvent } from "../contract/contract.ts";
import type { EngineEvent } from "../wire/transport.ts";

type StartCall = (onEvent: (event: EngineEvent) => void, signal: AbortSignal) => Promise<CallResult>;

/** The events of one call as they come, its result last. Leaving the loop early aborts the call. */
export async function* callStream(
  start: StartCall,
  outer: AbortSignal | undefined,
): AsyncGenerator<StreamEvent, void, undefined> {
  const queue: StreamEvent[] = [];
  const controller = new AbortController();
  let wake = () => {};
  let failure: { readonly error: unknown } | undefined;
  let ended = false;
  const push = (event: StreamEvent) => {
    queue.push(event);
    wake();
  };
  const onEvent = (event: EngineEvent) => {
    if (event.name === "log") push({ type: "log", event: event.event });
    if (event.name === "callProgress") push({ type: "progress", event: event.event });
  };
  // One signal and one listener: AbortSignal.any is missing in WebKit before 17.4, and signals are what a short call costs most.
  const follow = () => controller.abort(outer?.reason);
  if (outer?.aborted) follow();
  // What is no signal the call refuses.
  const leave = onAbort(outer?.addEventListener ? outer : undefined, follow);
  const call = start(onEvent, controller.signal).then(
    (result) => {
      ended = true;
      push({ type: "result", result });
    },
    (error) => {
      failure = { error };
      ended = true;
      wake();
    },
  );
  try {
    for (;;) {
      const next = queue.shift();
      if (next) yield next;
      else if (ended) break;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    if (failure) throw failure.error;
  } finally {
    if (!ended) controller.abort();
    await call;
    // The signal we were given may live as long as the page.
    leave();
  }
}
