/**
 * A call as the AI SDK takes preliminary results: whatever comes before the last value.
 * @module
 */
import { onAbort } from "../../base/on-abort.ts";
import type { CallProgress } from "../../contract/contract.ts";
import type { AiToolOutput } from "./tool-output.ts";

type Run = (hear: (event: CallProgress) => void, signal: AbortSignal) => Promise<AiToolOutput>;

/** Progress as it comes, the answer last. Leaving the loop early aborts the call. */
export async function* progressiveOutput(run: Run, outer: AbortSignal | undefined): AsyncGenerator<AiToolOutput> {
  const controller = new AbortController();
  const abort = () => controller.abort(outer?.reason);
  if (outer?.aborted) abort();
  const leave = onAbort(outer, abort);
  // A slow reader wants the newest state, not all of them.
  let latest: CallProgress | undefined;
  let wake = () => {};
  let ended = false;
  const call = run((event) => {
    latest = event;
    wake();
  }, controller.signal).finally(() => {
    ended = true;
    wake();
  });
  // Reported by the await below, or nobody reads any more.
  call.catch(() => {});
  try {
    while (!ended) {
      if (latest) {
        const progress = latest;
        latest = undefined;
        yield { progress };
      } else await new Promise<void>((resolve) => (wake = resolve));
    }
    yield await call;
  } finally {
    leave();
    if (!ended) controller.abort();
  }
}
