/** Surface of `vulcan.io` (vulcan-api.md). */
import { fn, type SurfaceEntry, shape } from "../surface/entry.ts";

const encodingOptions = "vulcan.io.Options|string";

export const ioSurface: readonly SurfaceEntry[] = [
  shape("vulcan.io.Options", "Text encoding of a file: utf-8, gbk, gb18030, latin1, base64, system, oem.", {
    "encoding?": "string",
  }),
  fn(
    "io.open",
    `(path: string, mode?: string, options?: ${encodingOptions}): vulcan.io.File`,
    "§7.3",
    "Opens a file held in memory: writes reach it on flush and close. Raises instead of answering nil.",
  ),
  fn("io.read_text", `(path: string, options?: ${encodingOptions}): string`, "§7.3", "The whole file, decoded."),
  fn(
    "io.write_text",
    `(path: string, content: string, options?: ${encodingOptions}): true`,
    "§7.3",
    "Replaces a file with the encoded text.",
  ),
  fn(
    "io.append_text",
    `(path: string, content: string, options?: ${encodingOptions}): true`,
    "§7.3",
    "Appends the encoded text; creates the file.",
  ),
  fn(
    "io.lines",
    `(path: string, options?: ${encodingOptions}): fun(): string?`,
    "§7.3",
    "Iterates over the lines of a file, which is read at once.",
  ),
  shape("vulcan.io.PopenOptions", "Options of `vulcan.io.popen`.", {
    "encoding?": "string",
    "timeout_ms?": "number — default 60000",
  }),
  fn(
    "io.popen",
    "(command: string, mode?: string|vulcan.io.PopenOptions, options?: vulcan.io.PopenOptions): vulcan.io.File",
    "§7.3",
    "Runs a shell command and opens its output. Raises where there are no processes.",
  ),
  fn("io.tmpfile", "(): vulcan.io.File", "§7.3", "A new file open for update, deleted when closed."),
  fn(
    "vulcan.io.File:read",
    "(...: string|integer): string?",
    "§7.3",
    "By `*l` (default), `*a` or a number of bytes; nil at the end.",
  ),
  fn(
    "vulcan.io.File:write",
    "(...: string|number|boolean): true",
    "§7.3",
    "Writes each value. Answers true, not the file.",
  ),
  fn("vulcan.io.File:flush", "(): true", "§7.3", "Writes the buffer to the file."),
  fn("vulcan.io.File:close", "(): boolean", "§7.3", "Flushes and closes; closing again is fine."),
  fn(
    "vulcan.io.File:seek",
    '(whence?: "set"|"cur"|"end", offset?: integer): integer',
    "§7.3",
    "Moves the cursor, at most to the end; answers it.",
  ),
  fn("vulcan.io.File:lines", "(): fun(): string?", "§7.3", "Iterates over the remaining lines; does not close."),
  fn("vulcan.io.File:setvbuf", "(mode?: string, size?: integer): true", "§7.3", "Accepted; has no effect."),
];
