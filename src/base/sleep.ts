import { longestTimerMs } from "./timers.ts";

/** Waits, for however long; an abort ends the wait with its reason. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  let left = ms;
  for (; left > longestTimerMs; left -= longestTimerMs) await pause(longestTimerMs, signal);
  await pause(left, signal);
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
