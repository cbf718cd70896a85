/**
 * What a browser may do to the data of a site, in words.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";

/** Somebody cleared the site's data, or removed the store, under an engine that has it open. */
export function siteDataCleared(data: { readonly store?: string } = {}): LuaSkillsError {
  const named = data.store === undefined ? "its store" : `the store "${data.store}"`;
  return new LuaSkillsError(
    "storage_error",
    `the site's data was cleared while ${named} was open; nothing of this commit was written. ` +
      "Start again (reload the page): the store begins with what is left of it",
    { data },
  );
}

export const isFull = (error: unknown): boolean => error instanceof Error && error.name === "QuotaExceededError";

/** What was to be written to `where` finds no room. */
export function noRoom(where: string, cause: unknown): LuaSkillsError {
  return quotaExceeded(
    where,
    "nothing of this commit counts. Remove files or free disk space, then flush again",
    cause,
  );
}

/** Not even an engine's start finds room for what it has to write there. */
export function noRoomToOpen(where: string, cause: unknown): LuaSkillsError {
  return quotaExceeded(where, "nothing in the store is lost. Free disk space, then start again", cause);
}

function quotaExceeded(where: string, then: string, cause: unknown): LuaSkillsError {
  const text = `the browser gives this site no more storage (${where}); ${then}.`;
  return new LuaSkillsError("quota_exceeded", text, { cause });
}

/** The browser lets this site store nothing, or not in this way. `what` cannot be used. */
export function storageRefused(what: string, cause: unknown): LuaSkillsError {
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new LuaSkillsError(
    "storage_unavailable",
    `${what} cannot be used here: ${reason.replace(/\.$/, "")}. Private windows and blocked site data cause this; allow ` +
      'storage for this site, or ask for `storage: { kind: "memory" }` if nothing needs to survive.',
    { cause },
  );
}
