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
