import type { Errno } from "../../vfs/interface.ts";

type ShellErrno = Errno | "EPERM";

/** In the words of Node, by which the shell's commands recognise them. */
const texts: Readonly<Record<ShellErrno, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EEXIST: "file already exists",
  ENOTDIR: "not a directory",
  EISDIR: "illegal operation on a directory",
  EINVAL: "invalid argument",
  EMFILE: "too many open files",
  ENOSPC: "no space left on device",
  EROFS: "read-only file system",
  ENAMETOOLONG: "name too long",
  ENOTEMPTY: "directory not empty",
  EXDEV: "cross-device link not permitted",
  EIO: "i/o error",
  EPERM: "operation not permitted",
};

export function fileError(code: ShellErrno, operation: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${texts[code]}, ${operation} '${path}'`), { code });
}

/** Runs an operation of the vfs; its errors get the shell's words. Not by class: the shell may be a bundle of its own. */
export function inShellWords<T>(operation: string, path: string, run: () => T): T {
  try {
    return run();
  } catch (thrown) {
    const { errno } = thrown as { errno?: unknown };
    if (typeof errno === "string" && Object.hasOwn(texts, errno)) throw fileError(errno as Errno, operation, path);
    throw thrown;
  }
}
