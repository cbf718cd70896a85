/**
 * `vulcan.fs` (vulcan-api.md §7.1) over the virtual filesystem.
 * @module
 */

import { Base64Error, decodeBase64, encodeBase64 } from "../../base/bytes/base64.ts";
import { charge } from "../../base/work.ts";
import type { HostFunctions, LuaReader, LuaValue, Prelude } from "../../lua/interface.ts";
import { VfsError } from "../../vfs/interface.ts";
import { booleanOption, checkOptionsArgument, fail, pathArgument, stringArgument } from "../arguments.ts";
import { utf8Text } from "../io/encodings.ts";
import type { HostServices } from "../services.ts";
import { copyEntry } from "./copy.ts";
import source from "./fs.lua?raw";
import { isWindows, missing, namesDirectory, refuseFileAsDirectory, resolvePath, withOsText } from "./vfs-path.ts";

/** What a name of a list costs, here and in the VM. */
const nameUnits = 10;
const nameBytes = 80;

export type FsServices = Pick<HostServices, "vfs" | "workingDirectory" | "os">;

export function fsPrelude(services: FsServices): Prelude {
  return { name: "=vulcan.fs", source, functions: fsFunctions(services) };
}

function fsFunctions(services: FsServices): HostFunctions {
  const { vfs } = services;
  const rules = { windows: isWindows(services) };

  /** The argument as Lua wrote it, and the absolute path it names. */
  const pathOf = (args: LuaReader, index: number, fn: string, param = "path") => {
    const given = pathArgument(args, index, fn, param, rules);
    return { given, path: resolvePath(services, given) };
  };
  /** Undefined also when it cannot be looked at. */
  const statOf = (path: string) => {
    try {
      const stat = vfs.stat(path, { followLinks: true });
      // `file/` names nothing.
      return stat !== undefined && stat.kind !== "dir" && namesDirectory(path) ? undefined : stat;
    } catch (error) {
      if (error instanceof VfsError) return undefined;
      throw error;
    }
  };
  const readFile = (args: LuaReader, fn: string): Uint8Array => {
    const { path } = pathOf(args, 1, fn);
    return withOsText(fn, () => {
      refuseFileAsDirectory(vfs, path, fn);
      return vfs.readFile(path);
    });
  };
  const writeFile = (path: string, content: Uint8Array, fn: string): true => {
    withOsText(fn, () => {
      refuseFileAsDirectory(vfs, path, fn);
      if (path.endsWith("/")) throw new VfsError("EISDIR", path, fn);
      vfs.writeFile(path, content);
    });
    return true;
  };

  return {
    list(args) {
      const { path } = pathOf(args, 1, "fs.list", "dir");
      const names = withOsText("fs.list", () => vfs.list(path));
      charge(nameUnits * names.length, nameBytes * names.length);
      return names;
    },
    read(args) {
      const content = readFile(args, "fs.read");
      // The bytes go back as they are; decoding only proves that they are text.
      if (utf8Text(content) === undefined) fail("fs.read", `stream did not contain valid UTF-8: ${args.text(1)}`);
      return content;
    },
    write(args) {
      const { path } = pathOf(args, 1, "fs.write");
      stringArgument(args, 2, "fs.write", "content", { allowBlank: true });
      return writeFile(path, args.view(2), "fs.write");
    },
    exists: (args) => statOf(pathOf(args, 1, "fs.exists").path) !== undefined,
    is_dir: (args) => statOf(pathOf(args, 1, "fs.is_dir").path)?.kind === "dir",
    read_bytes: (args) => encodeBase64(readFile(args, "fs.read_bytes")),
    write_bytes(args) {
      const { path } = pathOf(args, 1, "fs.write_bytes");
      const text = stringArgument(args, 2, "fs.write_bytes", "content");
      return writeFile(path, base64Content(text), "fs.write_bytes");
    },
    rename(args) {
      const from = pathOf(args, 1, "fs.rename", "old_path").path;
      const to = pathOf(args, 2, "fs.rename", "new_path").path;
      withOsText("fs.rename", () => {
        refuseFileAsDirectory(vfs, from, "fs.rename");
        vfs.rename(from, to);
      });
      return true;
    },
    remove(args) {
      const { path } = pathOf(args, 1, "fs.remove");
      checkOptionsArgument(args, 2, "fs.remove");
      const recursive = booleanOption(args, 3, "fs.remove", "recursive");
      return withOsText("fs.remove", () => {
        if (vfs.stat(path) === undefined) return isMissing(missing(vfs, path, "fs.remove"));
        refuseFileAsDirectory(vfs, path, "fs.remove");
        vfs.remove(path, { recursive });
        return true;
      });
    },
    mkdir(args) {
      const { path, given } = pathOf(args, 1, "fs.mkdir");
      checkOptionsArgument(args, 2, "fs.mkdir");
      const recursive = booleanOption(args, 3, "fs.mkdir", "recursive");
      return withOsText("fs.mkdir", () => {
        const existing = vfs.stat(path, { followLinks: true }) ?? vfs.stat(path);
        if (existing?.kind === "dir") return false;
        if (existing !== undefined) fail("fs.mkdir", `target already exists and is not a directory: ${given}`);
        vfs.mkdir(path, { recursive });
        return true;
      });
    },
    copy(args) {
      const from = pathOf(args, 1, "fs.copy", "src_path").path;
      const to = pathOf(args, 2, "fs.copy", "dst_path").path;
      checkOptionsArgument(args, 3, "fs.copy");
      const overwrite = booleanOption(args, 4, "fs.copy", "overwrite");
      return withOsText("fs.copy", () => copyEntry(vfs, from, to, overwrite));
    },
    stat(args) {
      const { path } = pathOf(args, 1, "fs.stat");
      return withOsText("fs.stat", () => {
        const stat = vfs.stat(path);
        if (stat === undefined) {
          isMissing(missing(vfs, path, "fs.stat"));
          return null;
        }
        refuseFileAsDirectory(vfs, path, "fs.stat");
        return {
          kind: stat.kind,
          is_file: stat.kind === "file",
          is_dir: stat.kind === "dir",
          is_symlink: stat.kind === "symlink",
          readonly: stat.readonly,
          ...(stat.kind === "file" ? { size: stat.size } : {}),
          modified_unix_ms: Math.trunc(stat.modifiedMs),
        } satisfies LuaValue;
      });
    },
  };
}

/** "Not there" is an answer, not an error; a file in the way of the path is one. */
function isMissing(error: VfsError): false {
  if (error.errno !== "ENOENT") throw error;
  return false;
}

function base64Content(text: string): Uint8Array {
  try {
    return decodeBase64(text);
  } catch (error) {
    if (error instanceof Base64Error) fail("fs.write_bytes", `base64 decode failed: ${error.message}`);
    throw error;
  }
}
