import { LuaSkillsError } from "../../errors.ts";

export function isDamage(error: unknown): error is LuaSkillsError {
  return error instanceof LuaSkillsError && error.code === "storage_corrupt";
}

/** The database is gone, or older than its second copy, and that one cannot be read as a whole. */
export function lostAndDamaged(name: string, cause: unknown): LuaSkillsError {
  const data = cause instanceof LuaSkillsError ? cause.data : {};
  return new LuaSkillsError(
    "storage_corrupt",
    `the browser has lost what IndexedDB "${name}" held, and its second copy is damaged, too. Nothing was changed. ` +
      `Open it with \`storage: { kind: "indexeddb", name: "${name}", salvage: true }\` to look at what can be read and to save it with ` +
      "`runtime.backup({ salvage: true })`.",
    { cause, data: { ...data, store: name } },
  );
}
