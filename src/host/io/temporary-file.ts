/**
 * Names for temporary files: `vulcan.io.tmpfile`, `io.tmpfile`, `os.tmpname`.
 * @module
 */
import { VfsError } from "../../vfs/interface.ts";
import type { HostServices } from "../services.ts";

const attempts = 100;

/** Creates an empty file of a new name. Undefined when every name tried was taken. @throws VfsError */
export function reserveTemporaryFile(
  services: Pick<HostServices, "vfs" | "directories" | "temporaryFolder">,
): string | undefined {
  const { vfs } = services;
  const directory = services.temporaryFolder?.() ?? services.directories.temp ?? "/tmp";
  if (vfs.stat(directory, { followLinks: true }) === undefined) vfs.mkdir(directory, { recursive: true });
  for (let i = 0; i < attempts; i++) {
    // allowed: only makes a clash unlikely; a taken name is tried again
    const random = Math.floor(Math.random() * 2 ** 32).toString(36);
    const path = `${directory.replace(/\/+$/, "")}/lua_${random}`;
    if (vfs.stat(path) !== undefined) continue;
    try {
      vfs.writeFile(path, new Uint8Array(0));
      return path;
    } catch (error) {
      if (!(error instanceof VfsError && error.errno === "EEXIST")) throw error;
    }
  }
  return undefined;
}
