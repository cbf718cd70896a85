/** Surface of `vulcan.fs` (vulcan-api.md). */
import { fn, type SurfaceEntry, shape } from "../surface/entry.ts";

const recursive = { "recursive?": "boolean — also what is beneath" };

export const fsSurface: readonly SurfaceEntry[] = [
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
];
