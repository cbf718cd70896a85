/**
 * What the global `io` of a main VM (io.lua) needs of the host: random access to open files.
 * @module
 */
import {
  type HostCallContext,
  type HostFunctions,
  type LuaReader,
  type LuaResults,
  type LuaVm,
  type Prelude,
  results,
} from "../../lua/interface.ts";
import { type Vfs, VfsError, type VfsFile } from "../../vfs/interface.ts";
import { missing, refuseFileAsDirectory, resolvePath, strerror } from "../fs/vfs-path.ts";
import { reserveTemporaryFile } from "../io/temporary-file.ts";
import { runShellCommand } from "../process/shell-command.ts";
import type { HostServices } from "../services.ts";
import source from "./io.lua?raw";

export type StdlibIoServices = Pick<
  HostServices,
  "vfs" | "workingDirectory" | "os" | "directories" | "log" | "process" | "env" | "subjectOf"
>;

/** Up to here reads of a VM share one buffer. */
const sharedBytes = 65_536;
/** An open file of one VM; a directory opens as on POSIX, and fails when read. */
interface OpenFile {
  readonly path: string;
  readonly file: VfsFile | undefined;
  readonly deleteOnClose: boolean;
}

/** More than a desktop's usual limit; a leak shows as an error, not as memory. */
const maxOpenFiles = 4096;
/** As C's fopen, which looks at the first letter and for a `+`, and ignores the rest (`rt`, `rb`, …). */
const modes = /^([rwa])/;

export function stdlibIoPrelude(services: StdlibIoServices): Prelude {
  return { name: "=stdlib.io", source, functions: stdlibIoFunctions(services) };
}

function stdlibIoFunctions(services: StdlibIoServices): HostFunctions {
  const { vfs } = services;
  const tables = new WeakMap<LuaVm, { next: number; open: Map<number, OpenFile> }>();
  // What is read into it has been handed to Lua before anybody reads again.
  let shared: Uint8Array | undefined;
  const tableOf = (context: HostCallContext) => {
    const known = tables.get(context.vm);
    if (known) return known;
    const table = { next: 1, open: new Map<number, OpenFile>() };
    tables.set(context.vm, table);
    // A VM that is stopped in the middle of something closes nothing by itself.
    context.vm.onClose(() => {
      for (const entry of table.open.values()) close(entry);
      table.open.clear();
    });
    return table;
  };
  const close = (entry: OpenFile) => {
    entry.file?.close();
    if (entry.deleteOnClose && vfs.stat(entry.path) !== undefined) vfs.remove(entry.path);
  };
  const fileOf = (args: LuaReader, context: HostCallContext): OpenFile => {
    const file = tableOf(context).open.get(args.number(1));
    if (file === undefined) throw new Error("attempt to use a closed file");
    return file;
  };
  const keep = (context: HostCallContext, file: OpenFile): LuaResults => {
    const table = tableOf(context);
    if (table.open.size >= maxOpenFiles) {
      file.file?.close();
      return results(null, `${file.path}: Too many open files`, 24);
    }
    table.open.set(table.next, file);
    return results(table.next++);
  };

  return {
    /** path, mode → id, or nil, message, number */
    open(args, context) {
      const given = args.text(1);
      if (given === undefined) return results(null, "No such file or directory", 2);
      return attempt(given, () => {
        const path = resolvePath(services, given);
        return keep(context, { path, file: openFile(vfs, path, args.text(2) ?? ""), deleteOnClose: false });
      });
    },
    temporary(_args, context) {
      return attempt("tmpfile", () => {
        const path = reserveTemporaryFile(services);
        if (path === undefined) return results(null, "tmpfile: File exists", 17);
        return keep(context, { path, file: vfs.open(path), deleteOnClose: true });
      });
    },
    /** id, offset, count → bytes, or nil, message, number */
    read(args, context) {
      const { file } = fileOf(args, context);
      if (file === undefined) return results(null, "Is a directory", 21);
      const count = Math.max(0, Math.min(args.number(3), file.size - args.number(2)));
      context.charge(count / 32, count);
      shared ??= new Uint8Array(sharedBytes);
      const target = count > sharedBytes ? new Uint8Array(count) : shared.subarray(0, count);
      const read = file.readAt(target, args.number(2));
      return read === count ? target : target.subarray(0, read);
    },
    /** id, offset (-1: the end), bytes → new offset, or nil, message, number */
    write(args, context) {
      const { file } = fileOf(args, context);
      if (file === undefined) return results(null, "Is a directory", 21);
      const bytes = args.view(3);
      const offset = args.number(2) < 0 ? file.size : args.number(2);
      return attempt(undefined, () => {
        file.writeAt(bytes, offset);
        return results(offset + bytes.length);
      });
    },
    size: (args, context) => fileOf(args, context).file?.size ?? 0,
    close(args, context) {
      const { open } = tableOf(context);
      const entry = open.get(args.number(1));
      open.delete(args.number(1));
      if (entry) close(entry);
      return null;
    },
    /** command → output, exit code (negative: a signal), or nil, message */
    popen: {
      async waits(args, context) {
        const outcome = await runShellCommand(services, args.text(1) ?? "", undefined, context);
        if (outcome.kind === "failed") return results(null, outcome.reason);
        return results(outcome.stdout, outcome.code ?? -1);
      },
    },
    /** Standard output has no terminal here: it goes where the managed io of luaexec sends it (vulcan-api.md §7.4). */
    stream(args, { vm }) {
      const text = args.text(2) ?? args.inline(2);
      services.log({ level: "info", message: `[LuaSkill:${args.text(1)}] ${text}` }, vm);
      return null;
    },
  };
}

/** @throws VfsError */
function openFile(vfs: Vfs, path: string, mode: string): VfsFile | undefined {
  const letter = modes.exec(mode)?.[1];
  if (letter === undefined) throw new VfsError("EINVAL", path, "open");
  refuseFileAsDirectory(vfs, path, "open");
  if (letter === "r") return existingFile(vfs, path, mode);
  const file = vfs.open(path, { create: true });
  if (letter === "w") file.truncate(0);
  return file;
}

/** Undefined for a directory. */
function existingFile(vfs: Vfs, path: string, mode: string): VfsFile | undefined {
  try {
    return vfs.open(path);
  } catch (error) {
    if (!(error instanceof VfsError)) throw error;
    if (error.errno === "ENOENT") throw missing(vfs, path, "open");
    const stat = vfs.stat(path, { followLinks: true });
    if (stat === undefined) throw missing(vfs, path, "open");
    if (stat.kind === "dir" && !mode.includes("+")) return undefined;
    throw error;
  }
}

/** Standard Lua's way to fail: nil, `<path>: <text>`, errno. */
function attempt(path: string | undefined, run: () => LuaResults): LuaResults {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof VfsError)) throw error;
    const [text, number] = strerror(error);
    return results(null, path === undefined ? text : `${path}: ${text}`, number);
  }
}
