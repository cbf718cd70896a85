import { damaged } from "../records.ts";

/** The number of the commit a record set is at, in a database and in its second copy. Not a record of the tree. */
export const commitKey = "!commit";

/** As the copy holds it; the database holds the number. */
export function commitBytes(number: number): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setFloat64(0, number);
  return out;
}

/** 0 where there is none. @throws LuaSkillsError `storage_corrupt` */
export function commitNumber(value: unknown): number {
  if (typeof value === "number") return value;
  if (value === undefined) return 0;
  if (value instanceof Uint8Array && value.length === 8)
    return new DataView(value.buffer, value.byteOffset).getFloat64(0);
  throw damaged(commitKey);
}
