/**
 * Files of the origin private file system that somebody else still holds.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";

/** Chromium lets a terminated worker, and with it its files, live on for two seconds. */
const patienceMs = 10_000;
const retryMs = 20;

export function isHeld(error: unknown): boolean {
  return error instanceof DOMException && error.name === "NoModificationAllowedError";
}

/** Tries again while somebody else, most likely our dying predecessor, holds a file. @throws LuaSkillsError `storage_in_use` */
export async function patiently<T>(what: string, work: () => Promise<T>): Promise<T> {
  const end = Date.now() + patienceMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isHeld(error)) throw error;
      if (Date.now() >= end) {
        throw new LuaSkillsError(
          "storage_in_use",
          `another worker has held ${what} in OPFS for ${patienceMs} ms; close what else uses this store`,
          { cause: error },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}
