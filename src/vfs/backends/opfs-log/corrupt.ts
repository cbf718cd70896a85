import { LuaSkillsError } from "../../../errors.ts";
import type { Damage } from "./log-file.ts";

/** Bytes that were acknowledged and are not what was written. */
export function unreadable(file: string, at: number, key?: string): LuaSkillsError {
  const what = key === undefined ? "a commit" : `record "${key}"`;
  return new LuaSkillsError(
    "storage_corrupt",
    `the store is damaged: ${what} in ${file} at byte ${at} is not what was written. Nothing was changed. ` +
      "`runtime.check()` lists what is damaged, `runtime.backup({ salvage: true })` saves what can be read.",
    { data: { file, at, ...(key === undefined ? {} : { key }) } },
  );
}

/** Found while opening. @param readable records that can be read */
export function damagedStore(damages: readonly Damage[], readable: number): LuaSkillsError {
  const [first] = damages;
  const more = damages.length > 1 ? ` and at ${damages.length - 1} more places` : "";
  return new LuaSkillsError(
    "storage_corrupt",
    `the store is damaged: ${first?.what} (${first?.file}, byte ${first?.at}, ${first?.bytes} bytes)${more}; ${readable} records can be read. ` +
      'Nothing was changed. Open it with `storage: { kind: "opfs", salvage: true }` to look at it, to list the damage with ' +
      "`runtime.check()` and to save what is left with `runtime.backup({ salvage: true })`.",
    { data: { damages, readable } },
  );
}
