/**
 * What the `lfs` shim (lfs.lua) needs of the host.
 * @module
 */
import {
  type HostFunctions,
  type LuaReader,
  type LuaResults,
  type LuaValue,
  type Prelude,
  results,
} from "../../lua/interface.ts";
import { VfsError } from "../../vfs/interface.ts";
import { missing, refuseFileAsDirectory, resolvePath, strerror } from "../fs/vfs-path.ts";
import type { HostServices } from "../services.ts";
import source from "./lfs.lua?raw";

export type LfsServices = Pick<HostServices, "vfs" | "workingDirectory" | "os">;

const modes = { file: "file", dir: "directory", symlink: "link", other: "other" } as const;
const blockSize = 4096;

export const lfsPreludes = (services: LfsServices): readonly Prelude[] => [
  { name: "=lfs", source, functions: lfsFunctions(services) },
];

function lfsFunctions(services: LfsServices): HostFunctions {
  const { vfs } = services;
  const cannot = "cannot obtain information from file";
  return {
    currentdir: () => services.workingDirectory.current,
    mkdir: (args) =>
      attempt(args, undefined, (path) => {
        vfs.mkdir(path);
        return true;
      }),
    rmdir: (args) =>
      attempt(args, undefined, (path) => {
        const stat = vfs.stat(path);
        if (stat === undefined) throw missing(vfs, path, "rmdir");
        if (stat.kind !== "dir") throw new VfsError("ENOTDIR", path, "rmdir");
        vfs.remove(path);
        return true;
      }),
    touch: (args) =>
      attempt(args, cannot, (path) => {
        if (vfs.stat(path) === undefined) throw missing(vfs, path, "utime");
        vfs.writeFile(path, new Uint8Array(0), { append: true });
        return true;
      }),
    attributes: (args) =>
      attempt(args, cannot, (path) => {
        refuseFileAsDirectory(vfs, path, "stat");
        const stat = vfs.stat(path, { followLinks: args.boolean(2) });
        if (stat === undefined) throw missing(vfs, path, "stat");
        const seconds = Math.floor(stat.modifiedMs / 1000);
        const directory = stat.kind === "dir";
        const write = stat.readonly ? "-" : "w";
        return {
          mode: modes[stat.kind],
          size: stat.size,
          modification: seconds,
          access: seconds,
          change: seconds,
          permissions: directory ? `r${write}xr-xr-x` : `r${write}-r--r--`,
          dev: 0,
          rdev: 0,
          ino: 0,
          nlink: 1,
          uid: 0,
          gid: 0,
          blksize: blockSize,
          blocks: Math.ceil(stat.size / 512),
        };
      }),
    list: (args) => attempt(args, "cannot open", (path) => [".", "..", ...vfs.list(path)]),
  };

  /** A failure is nil, text, errno; `about` puts `<about> '<path>': ` before the text. */
  function attempt(args: LuaReader, about: string | undefined, run: (path: string) => LuaValue): LuaValue | LuaResults {
    const given = args.text(1) ?? "";
    try {
      return run(resolvePath(services, given));
    } catch (error) {
      if (!(error instanceof VfsError)) throw error;
      const [text, number] = strerror(error);
      return results(null, about === undefined ? text : `${about} '${given}': ${text}`, number);
    }
  }
}
