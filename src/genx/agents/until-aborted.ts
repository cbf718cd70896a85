import { onAbort } from "../../base/on-abort.ts";

/** What `work` comes to, or the signal's reason when that fires first: whoever ignores the signal is not waited for. */
export function untilAborted<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const leave = onAbort(signal, () => reject(signal.reason));
    work().then(resolve, reject).finally(leave);
  });
}
