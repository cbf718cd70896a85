/**
 * The virtual filesystem for the page (`runtime.fs`): absolute paths, parents made on write, errors as data.
 * @module
 */
import { LuaSkillsError, type LuaSkillsErrorCode } from "../errors.ts";
import type { Limits } from "../limits.ts";
import { type Errno, type Vfs, VfsError } from "../vfs/interface.ts";
import type { EngineReplies, EngineRequest } from "../wire/ops.ts";

export type FileRequest = Extract<EngineRequest, { op: `fs.${string}` }>;

const codes: Readonly<Record<Errno, LuaSkillsErrorCode>> = {
  ENOENT: "not_found",
  EACCES: "permission_denied",
  EEXIST: "conflict",
  ENOTDIR: "invalid_argument",
  EISDIR: "invalid_argument",
  EINVAL: "invalid_argument",
  EMFILE: "quota_exceeded",
  ENOSPC: "quota_exceeded",
  EROFS: "permission_denied",
  ENOTEMPTY: "conflict",
  ENAMETOOLONG: "invalid_argument",
  EXDEV: "invalid_argument",
  EIO: "storage_corrupt",
};

/** @throws LuaSkillsError naming the path */
export async function fileRequest(
  vfs: Vfs,
  request: FileRequest,
  options: { readonly limits: Limits; readonly signal?: AbortSignal | undefined },
): Promise<EngineReplies[FileRequest["op"]]> {
  const signal = options.signal ? { signal: options.signal } : {};
  try {
    switch (request.op) {
      case "fs.read":
        return vfs.readFile(request.path);
      case "fs.stat":
        return vfs.stat(request.path, { followLinks: true });
      case "fs.list":
        return vfs.list(request.path);
      case "fs.mkdir":
        return void vfs.mkdir(request.path, { recursive: true });
      case "fs.write":
        return void write(vfs, request.path, request.content);
      case "fs.remove":
        return remove(vfs, request.path, request.recursive ?? false);
      case "fs.rename":
        return void vfs.rename(request.from, request.to);
      case "fs.importZip":
        return (await import("./on-demand.ts")).importZip(vfs, request.path, request.zip, options.limits, signal);
      case "fs.exportZip":
        return await (await import("./on-demand.ts")).exportZip(vfs, request.path, signal);
    }
  } catch (error) {
    if (!(error instanceof VfsError)) throw error;
    const inner = error.cause instanceof LuaSkillsError ? error.cause : undefined;
    throw new LuaSkillsError(codes[error.errno], inner ? `${error.message}: ${inner.message}` : error.message, {
      data: { ...inner?.data, path: error.path, errno: error.errno },
      cause: error,
    });
  }
}

function write(vfs: Vfs, path: string, content: Uint8Array): void {
  const parent = path.slice(0, path.lastIndexOf("/")) || "/";
  vfs.mkdir(parent, { recursive: true });
  vfs.writeFile(path, content);
}

/** False when nothing was there. */
function remove(vfs: Vfs, path: string, recursive: boolean): boolean {
  if (!vfs.stat(path)) return false;
  vfs.remove(path, { recursive });
  return true;
}
