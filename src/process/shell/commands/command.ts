import type { Command, ExecResult } from "just-bash/browser";
import { messageOf } from "../../../base/message-of.ts";
import { bytesToLatin1 } from "../shell-bytes.ts";

/** A command of ours beside or before the shell's own. */
export type ShellCommand = Command;

export function answer({ stdout = "", stderr = "", exitCode = 0 }: Partial<ExecResult>): ExecResult {
  return { stdout, stderr, exitCode };
}

/** Output that is bytes, not text. */
export function bytesAnswer(bytes: Uint8Array): ExecResult {
  return { stdout: bytesToLatin1(bytes), stderr: "", exitCode: 0, stdoutKind: "bytes", stdoutEncoding: "binary" };
}

/** What went wrong, without the name of the file the shell puts before it. */
export function reasonOf(thrown: unknown): string {
  const text = messageOf(thrown);
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: "No such file or directory",
    EACCES: "Permission denied",
    EISDIR: "Is a directory",
    ENOTDIR: "Not a directory",
    EROFS: "Read-only file system",
    ENOSPC: "No space left on device",
  };
  const code = /^(E[A-Z]+):/.exec(text)?.[1] ?? "";
  return reasons[code] ?? text;
}
