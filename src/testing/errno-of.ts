/**
 * For tests only: how an operation on files fails.
 * @module
 */
import { VfsError } from "../vfs/interface.ts";

export function errnoOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof VfsError) return error.errno;
    throw error;
  }
  return "nothing thrown";
}
