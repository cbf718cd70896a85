import { isObject } from "../../base/is-object.ts";
import { lazily } from "../../base/lazily.ts";
import type { CallOptions } from "../../contract/contract.ts";

/** What is wrong with arguments: told by a file of its own. */
export const misuse = lazily(() => import("./misuse.ts"));

/** Options are none or an object, and what every method takes in them is what it should be; else see {@link misuse}. */
export function areOptions(options: unknown): boolean {
  const given = options ?? {};
  const { signal, onProgress, timeoutMs = 0 } = given as CallOptions;
  return (
    isObject(given) &&
    (!signal || !!signal.addEventListener) &&
    (!onProgress || typeof onProgress === "function") &&
    typeof timeoutMs === "number" &&
    timeoutMs >= 0
  );
}
