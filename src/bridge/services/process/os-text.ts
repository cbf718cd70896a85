import { constants } from "node:os";

const texts: Readonly<Record<string, string>> = {
  ENOENT: "No such file or directory",
  EACCES: "Permission denied",
  ENOTDIR: "Not a directory",
  EISDIR: "Is a directory",
  E2BIG: "Argument list too long",
  ENOEXEC: "Exec format error",
  EMFILE: "Too many open files",
  EAGAIN: "Resource temporarily unavailable",
  ENOMEM: "Cannot allocate memory",
  EINVAL: "Invalid argument",
};

/** A system error in the words of vulcan-api.md §1.6. */
export function osText(error: unknown): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  const number = (constants.errno as Readonly<Record<string, number>>)[code];
  const text = texts[code];
  return text === undefined || number === undefined ? message : `${text} (os error ${number})`;
}
