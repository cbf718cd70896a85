import type { Command, ExecResult } from "just-bash/browser";
import { bytesToLatin1 } from "../../../base/bytes/latin1.ts";
import { messageOf } from "../../../base/message-of.ts";
import { type Errno, osTexts } from "../../../vfs/interface.ts";

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
  const code = /^(E[A-Z]+):/.exec(text)?.[1] ?? "";
  // A shell's programs do not name the number.
  return Object.hasOwn(osTexts, code) ? osTexts[code as Errno].replace(/ \(os error \d+\)$/, "") : text;
}
