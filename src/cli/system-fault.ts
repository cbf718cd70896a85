/**
 * What the operating system refuses, in the words of the command line. It is never a bug of ours, and nearly always a name to mend.
 * @module
 */
import path from "node:path";
import { LuaSkillsError, type LuaSkillsErrorCode } from "../errors.ts";

type Told = readonly [code: LuaSkillsErrorCode, says: (place: string) => string];

const told: Readonly<Record<string, Told>> = {
  ENOENT: ["not_found", (place) => `${place} does not exist`],
  EEXIST: ["invalid_argument", (place) => `${place} is there already, and is no folder; give another name`],
  ENOTDIR: [
    "invalid_argument",
    (place) => `${place} is, or lies below, a file where a folder is needed; give another name`,
  ],
  EISDIR: ["invalid_argument", (place) => `${place} is a folder where a file is needed; give a file's name`],
  EACCES: ["storage_error", (place) => `${place}: this user may not; change its permissions, or give another place`],
  EPERM: ["storage_error", (place) => `${place}: this user may not; change its permissions, or give another place`],
  EROFS: ["storage_error", (place) => `${place} is on a disk that cannot be written; give another place`],
  ENOSPC: [
    "storage_error",
    (place) => `${place}: the disk is full, or may be watched no further; nothing more can be written`,
  ],
  EMFILE: ["storage_error", (place) => `${place}: too many files are open; raise the limit (ulimit -n)`],
  ELOOP: ["invalid_argument", (place) => `${place} is a link that leads to itself; give another name`],
  ENAMETOOLONG: ["invalid_argument", (place) => `${place}: the name is too long; give a shorter one`],
};

/** @returns undefined for what is no fault of a file or folder */
export function systemFault(thrown: unknown): LuaSkillsError | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const { code = "", path: file, dest } = thrown as NodeJS.ErrnoException & { readonly dest?: string };
  const place = dest ?? file;
  if (place === undefined || !Object.hasOwn(told, code)) return undefined;
  const [kind, says] = told[code] as Told;
  return new LuaSkillsError(kind, `${says(path.resolve(place))} (${code})`, { cause: thrown });
}
