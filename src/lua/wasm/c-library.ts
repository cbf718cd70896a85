/**
 * What the C code inside the wasm may ask of its surroundings: the clock and the calendar, and more memory up to a cap.
 * There is no file, no process, no environment variable and no output; those imports answer with an error, so that
 * nothing in Lua's libraries can reach JavaScript through them. wasmoon's own JavaScript is not loaded at all.
 * @module
 */
import { type CalendarImports, calendarImports, type MemoryView } from "./calendar.ts";

/** errno values as wasi returns them (positive) and as system calls do (negative). */
const EBADF = 8;
const ENOENT = 44;
const ENOSYS = 52;

export type CLibrary = CalendarImports & Record<string, (...args: never[]) => unknown>;

export interface CLibraryHost {
  readonly memory: MemoryView;
  /** Grows linear memory to at least so many bytes; false when the cap forbids it. */
  grow(bytes: number): boolean;
  /** The clock stands at 0: Lua seeds its hashes from it. */
  readonly frozen: boolean | undefined;
}

/** Thrown when C calls abort(): an unprotected error, so a bug of ours. The instance is lost. */
export class LuaAbort extends Error {
  override readonly name = "LuaAbort";
}

export function cLibrary(host: CLibraryHost): { env: CLibrary; wasi_snapshot_preview1: CLibrary } {
  const refuse = (errno: number) => () => errno;
  const env = {
    ...calendarImports(host.memory),
    abort() {
      throw new LuaAbort("the Lua state aborted: an error was raised outside any protected call");
    },
    exit() {
      throw new LuaAbort("the Lua state tried to exit the process");
    },
    system: refuse(-1),
    emscripten_date_now: host.frozen ? () => 0 : () => Date.now(),
    _emscripten_get_now_is_monotonic: () => 1,
    emscripten_get_now: () => performance.now(),
    emscripten_resize_heap: (bytes: number) => (host.grow(bytes >>> 0) ? 1 : 0),
    __syscall_openat: refuse(-ENOENT),
    __syscall_fcntl64: refuse(-EBADF),
    __syscall_ioctl: refuse(-EBADF),
    __syscall_dup3: refuse(-EBADF),
    __syscall_unlinkat: refuse(-ENOENT),
    __syscall_rmdir: refuse(-ENOENT),
    __syscall_renameat: refuse(-ENOENT),
    __syscall_readlinkat: refuse(-ENOENT),
  };
  const wasi = {
    fd_write: refuse(EBADF),
    fd_read: refuse(EBADF),
    fd_close: refuse(EBADF),
    fd_seek: refuse(ENOSYS),
    environ_sizes_get(count: number, size: number) {
      host.memory().setUint32(count, 0, true);
      host.memory().setUint32(size, 0, true);
      return 0;
    },
    environ_get: refuse(0),
  };
  return {
    env: env as unknown as CLibrary,
    wasi_snapshot_preview1: wasi as unknown as CLibrary,
  };
}
