/**
 * What the global `os` (os.lua) needs of the host.
 * @module
 */
import { timeOf } from "../../base/time/calendar.ts";
import { type HostFunctions, type LuaReader, type LuaResults, type Prelude, results } from "../../lua/interface.ts";
import { VfsError } from "../../vfs/interface.ts";
import { missing, refuseFileAsDirectory, resolvePath, strerror } from "../fs/vfs-path.ts";
import { reserveTemporaryFile } from "../io/temporary-file.ts";
import { runShellCommand } from "../process/shell-command.ts";
import type { HostServices } from "../services.ts";
import { formatDate } from "./date.ts";
import source from "./os.lua?raw";

export type StdlibOsServices = Pick<
  HostServices,
  | "vfs"
  | "clock"
  | "env"
  | "workingDirectory"
  | "os"
  | "directories"
  | "process"
  | "subjectOf"
  | "log"
  | "temporaryFolder"
>;

export function stdlibOsPrelude(services: StdlibOsServices): Prelude {
  return { name: "=stdlib.os", source, functions: stdlibOsFunctions(services) };
}

/** Nothing stops the clock-work of a format but its end. */
const longestFormat = 16_384;

function stdlibOsFunctions(services: StdlibOsServices): HostFunctions {
  const { vfs, clock } = services;
  const started = performance.now();
  return {
    now: () => Math.floor(clock.now() / 1000),
    // Processor time: it goes on while an injected clock stands still, so that a busy loop ends.
    clock: () => (performance.now() - started) / 1000,
    time(args) {
      const parts = [1, 2, 3, 4, 5, 6].map((i) => args.number(i));
      return timeOf(parts, args.type(7) === "nil" ? undefined : args.boolean(7));
    },
    date(args) {
      // Formats are bytes to Lua; one character per byte keeps whatever is not a specifier as it was.
      const bytes = args.bytes(1);
      if (bytes.length > longestFormat) throw new Error(`date format is longer than ${longestFormat} bytes`);
      const format = String.fromCharCode(...bytes);
      const answer = formatDate(format, args.number(2));
      if (answer === undefined) throw new Error("date result cannot be represented in this installation");
      return typeof answer === "string" ? Uint8Array.from(answer, (c) => c.charCodeAt(0)) : answer;
    },
    getenv(args) {
      const name = args.text(1) ?? "";
      return Object.hasOwn(services.env, name) ? services.env[name] : null;
    },
    tmpname() {
      const path = reserveTemporaryFile(services);
      if (path === undefined) throw new Error("unable to generate a unique filename");
      return path;
    },
    remove: (args) =>
      attempt(args, (path) => {
        if (vfs.stat(path) === undefined) throw missing(vfs, path, "remove");
        refuseFileAsDirectory(vfs, path, "remove");
        vfs.remove(path);
      }),
    rename: (args) =>
      attempt(args, (from) => {
        refuseFileAsDirectory(vfs, from, "rename");
        const to = args.text(2);
        if (to === undefined) throw new VfsError("EINVAL", from, "rename");
        vfs.rename(from, resolvePath(services, to));
      }),
    can_execute: () => (services.process?.kind ?? "none") !== "none",
    /** command → true or nil, "exit" or "signal", a number; what it writes is logged as what print writes. */
    execute: {
      waits: async (args, context) => {
        const outcome = await runShellCommand(services, args.text(1) ?? "", undefined, context);
        if (outcome.kind === "failed") return results(null, "exit", 1);
        for (const [name, bytes] of [
          ["stdout", outcome.stdout],
          ["stderr", outcome.stderr],
        ] as const) {
          const message = `[LuaSkill:${name}] ${new TextDecoder().decode(bytes)}`;
          if (bytes.length > 0) services.log({ level: "info", message }, context.vm);
        }
        if (outcome.code === null) return results(null, "signal", 9);
        return results(outcome.code === 0 ? true : null, "exit", outcome.code);
      },
    },
    jit_platform: () => results(jitOs(services.os.os), jitArch(services.os.arch)),
  };

  function attempt(args: LuaReader, run: (path: string) => void): LuaResults {
    const given = args.text(1);
    try {
      if (given === undefined) throw new VfsError("ENOENT", "", "open");
      run(resolvePath(services, given));
      return results(true);
    } catch (error) {
      if (!(error instanceof VfsError)) throw error;
      const [text, number] = strerror(error);
      return results(null, `${given ?? "?"}: ${text}`, number);
    }
  }
}

const jitSystems: ReadonlyMap<string, string> = new Map([
  ["windows", "Windows"],
  ["linux", "Linux"],
  ["macos", "OSX"],
  ["freebsd", "BSD"],
  ["openbsd", "BSD"],
  ["netbsd", "BSD"],
]);
const jitProcessors: ReadonlyMap<string, string> = new Map([
  ["i686", "x86"],
  ["aarch64", "arm64"],
  ["armv7l", "arm"],
]);
const jitOs = (os: string): string => jitSystems.get(os) ?? "Other";
const jitArch = (arch: string): string => jitProcessors.get(arch) ?? "x64";
