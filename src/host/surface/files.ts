/**
 * Surface of the namespaces over the virtual filesystem, text and data (vulcan-api.md).
 * @module
 */
import { fn, type SurfaceEntry, shape } from "./entry.ts";

const recursive = { "recursive?": "boolean — also what is beneath" };
const encodingOptions = "vulcan.io.Options|string";

export const fileSurface: readonly SurfaceEntry[] = [
  fn("json.encode", "(value: any): string", "§2.3", "Compact JSON text; keys sorted, an empty table is `[]`."),
  fn(
    "json.decode",
    "(text: string): any",
    "§2.3",
    "The value of a JSON text; `null` is nil. At most 127 levels of nesting.",
  ),

  fn(
    "path.join",
    "(...: string): string",
    "§9",
    "Joins parts with `/`; an absolute part starts again. No normalisation.",
  ),
  fn("path.dirname", "(path: string): string", "§9", "The parent's text; `.` when there is none."),
  fn("path.basename", "(path: string): string", "§9", "The last name; empty for a root and for `..`."),
  fn("path.stem", "(path: string): string", "§9", "The last name without its last extension."),
  fn("path.extname", "(path: string): string", "§9", "The last extension with its dot; empty when there is none."),
  fn("path.normalize", "(path: string): string", "§9", "Folds `.` and `..` lexically; nothing is looked up."),
  fn("path.is_abs", "(path: string): boolean", "§9", "Whether the path starts at a root."),

  fn("fs.list", "(dir: string): string[]", "§7.1", "Names in a directory, sorted by bytes, without `.` and `..`."),
  fn("fs.read", "(path: string): string", "§7.1", "The whole file, which must be UTF-8."),
  fn("fs.write", "(path: string, content: string): true", "§7.1", "Creates or replaces a file; the parent must exist."),
  fn("fs.exists", "(path: string): boolean", "§7.1", "Whether anything is there."),
  fn("fs.is_dir", "(path: string): boolean", "§7.1", "Whether a directory is there."),
  fn("fs.read_bytes", "(path: string): string", "§7.1", "The whole file as standard Base64."),
  fn(
    "fs.write_bytes",
    "(path: string, base64: string): true",
    "§7.1",
    "Writes the bytes of a strict standard Base64 text.",
  ),
  fn("fs.rename", "(old_path: string, new_path: string): true", "§7.1", "Moves; an existing file is replaced."),
  shape("vulcan.fs.RemoveOptions", "Options of `vulcan.fs.remove`.", recursive),
  fn(
    "fs.remove",
    "(path: string, options?: vulcan.fs.RemoveOptions): boolean",
    "§7.1",
    "Removes; false when nothing was there. A directory must be empty unless `recursive`.",
  ),
  shape("vulcan.fs.MkdirOptions", "Options of `vulcan.fs.mkdir`.", { "recursive?": "boolean — missing parents too" }),
  fn(
    "fs.mkdir",
    "(path: string, options?: vulcan.fs.MkdirOptions): boolean",
    "§7.1",
    "Creates a directory; false when it is there already.",
  ),
  shape("vulcan.fs.CopyOptions", "Options of `vulcan.fs.copy`.", {
    "overwrite?": "boolean — replace what is at the destination",
  }),
  fn(
    "fs.copy",
    "(src_path: string, dst_path: string, options?: vulcan.fs.CopyOptions): boolean",
    "§7.1",
    "Copies a file or a tree; false when the destination exists and `overwrite` is not set.",
  ),
  shape("vulcan.fs.Stat", "What `vulcan.fs.stat` answers.", {
    kind: '"file"|"dir"|"symlink"|"other"',
    is_file: "boolean",
    is_dir: "boolean",
    is_symlink: "boolean",
    readonly: "boolean",
    "size?": "integer — bytes, of files only",
    "modified_unix_ms?": "integer",
  }),
  fn("fs.stat", "(path: string): vulcan.fs.Stat?", "§7.1", "Facts about a path; nil when nothing is there."),

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

  shape("vulcan.os.Info", "The host as skills see it.", { os: "string — windows, linux, macos, …", arch: "string" }),
  fn("os.info", "(): vulcan.os.Info", "§10.4", "Operating system and processor names."),
];
