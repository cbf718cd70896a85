import { oncePer } from "./once-per.ts";

interface Source {
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/**
 * Runs `listener` when the signal aborts; the result takes that back. However many wait, the signal has one listener: Node
 * takes more than ten for a leak and warns, and a signal may serve every call of its application. It has none when nobody
 * waits, or a signal made of others would be kept.
 */
export const onAbort = (signal: Source | undefined, listener: () => void): (() => void) =>
  signal ? waitAt(signal)(listener) : () => {};

const waitAt = oncePer((signal: Source) => {
  const waiting = new Set<() => void>();
  const fire = () => {
    for (const each of waiting) {
      try {
        each();
      } catch (error) {
        // As the platform does: it is told, and the others hear of the abort all the same.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  };
  return (listener: () => void) => {
    const each = () => listener();
    if (!waiting.size) signal.addEventListener("abort", fire);
    waiting.add(each);
    return () => {
      if (waiting.delete(each) && !waiting.size) signal.removeEventListener("abort", fire);
    };
  };
});
