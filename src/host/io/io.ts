/**
 * `vulcan.io` (vulcan-api.md §7.3) and the managed global `io` (§7.4): what of them needs the host. Handles live in io.lua.
 * @module
 */
import { type HostFunctions, LuaRaise, type LuaReader, type Prelude, results } from "../../lua/interface.ts";
import { fail, pathArgument, stringArgument, typeWord } from "../arguments.ts";
import { isWindows, refuseFileAsDirectory, resolvePath, withOsText } from "../fs/vfs-path.ts";
import { runShellCommand } from "../process/shell-command.ts";
import type { HostServices } from "../services.ts";
import {
  decodeForLua,
  defaultTextEncoding,
  EncodingError,
  encodeText,
  type TextEncoding,
  textEncoding,
} from "./encodings.ts";
import source from "./io.lua?raw";
import { reserveTemporaryFile } from "./temporary-file.ts";

export type IoServices = Pick<
  HostServices,
  | "vfs"
  | "workingDirectory"
  | "os"
  | "directories"
  | "defaultTextEncoding"
  | "capabilities"
  | "log"
  | "process"
  | "env"
  | "subjectOf"
>;

const defaultPopenTimeoutMs = 60_000;

/** @throws EncodingError when the host's default encoding is unknown (§7.2: the VM is not made). */
export function ioPrelude(services: IoServices): Prelude {
  return { name: "=vulcan.io", source, functions: ioFunctions(services) };
}

function ioFunctions(services: IoServices): HostFunctions {
  const { vfs } = services;
  const standard = defaultTextEncoding(services.defaultTextEncoding, services.os.os);
  const rules = { wording: "io", windows: isWindows(services) } as const;

  const pathOf = (args: LuaReader, index: number, fn: string, param = "path") =>
    resolvePath(services, pathArgument(args, index, fn, param, rules));
  const encodingOf = (args: LuaReader, index: number, fn: string): TextEncoding => {
    const type = typeWord(args, index, "io");
    if (type === "nil") return standard;
    if (type !== "string") fail(fn, `options must be nil, string, or table, got ${type}`);
    const label = args.text(index);
    if (label === undefined) fail(fn, "encoding must be UTF-8");
    return encoding(fn, () => textEncoding(label, services.os.os));
  };
  const readFile = (label: string, path: string): Uint8Array =>
    withOsText(label, () => {
      refuseFileAsDirectory(vfs, path, label);
      return vfs.readFile(path);
    });
  const writeText = (fn: string, append: boolean) => (args: LuaReader) => {
    const path = pathOf(args, 1, fn);
    const text = stringArgument(args, 2, fn, "content", { allowBlank: true, wording: "io" });
    const target = encodingOf(args, 3, fn);
    const bytes = target.strategy === "utf-8" ? args.view(2) : encoding(fn, () => encodeText(text, target));
    withOsText(fn, () => vfs.writeFile(path, bytes, { append }));
    return true;
  };
  const textArgument = (args: LuaReader, index: number): string => args.text(index) ?? "";

  return {
    read_text(args) {
      const path = pathOf(args, 1, "vulcan.io.read_text");
      const from = encodingOf(args, 2, "vulcan.io.read_text");
      return decodeForLua(readFile("read_text", path), from);
    },
    write_text: writeText("vulcan.io.write_text", false),
    append_text: writeText("vulcan.io.append_text", true),

    /** label, param, path, mode?, encoding? → path, letter, update, binary, strategy, content */
    open(args) {
      const fn = textArgument(args, 1);
      const path = pathOf(args, 3, fn, textArgument(args, 2));
      const mode = modeArgument(args, 4, fn);
      const { strategy } = encodingOf(args, 5, fn);
      const reads = mode.letter === "r" || (mode.letter === "a" && mode.update);
      const mayBeMissing = mode.letter === "a" && vfs.stat(path, { followLinks: true }) === undefined;
      // The default streams of the managed io report as the function that opens for them.
      const content = reads && !mayBeMissing ? readFile("vulcan.io.open", path) : new Uint8Array(0);
      return results(path, mode.letter, mode.update, mode.binary, strategy, content);
    },
    /** path, encoding? → content, strategy */
    lines(args) {
      const path = pathOf(args, 1, "vulcan.io.lines");
      const { strategy } = encodingOf(args, 2, "vulcan.io.lines");
      return results(readFile("vulcan.io.open", path), strategy);
    },
    /** command, mode?, encoding?, timeout_ms? → output, strategy, binary, whether it exited with 0 */
    popen: {
      waits(args, context) {
        const fn = "vulcan.io.popen";
        const command = stringArgument(args, 1, fn, "command", { wording: "io" });
        const binary = popenMode(args, 2, fn);
        const { strategy } = encodingOf(args, 3, fn);
        const timeout = timeoutOption(args, 4, fn);
        return runShellCommand(services, command, timeout, context).then((outcome) => {
          if (outcome.kind === "failed") fail(fn, outcome.reason);
          if (outcome.timedOut) throw new LuaRaise(`${fn} timed out after ${timeout} ms`);
          return results(outcome.stdout, strategy, binary, outcome.code === 0);
        });
      },
    },
    reserve_temporary() {
      const label = "io.tmpfile";
      const path = withOsText(`${label}: failed to reserve temp file`, () => reserveTemporaryFile(services));
      if (path === undefined) fail(label, "failed to reserve a unique temp file name");
      return results(path, standard.strategy);
    },

    decode: (args) => decodeForLua(args.bytes(1), textEncoding(textArgument(args, 2))),
    /** label, text, strategy */
    encode: (args) =>
      encoding(textArgument(args, 1), () => encodeText(textArgument(args, 2), textEncoding(textArgument(args, 3)))),
    write_file: (args) => writeFile(args, false),
    append_file: (args) => writeFile(args, true),
    delete_file(args) {
      const path = textArgument(args, 1);
      if (vfs.stat(path) !== undefined) withOsText("file:close", () => vfs.remove(path));
      return null;
    },
    inline: (args) => args.inline(1),
    standard_output(args, { vm }) {
      let text = "";
      for (let i = 1; i <= args.count; i++) text += args.inline(i);
      services.log({ level: "info", message: `[LuaSkill:stdout] ${text}` }, vm);
      return null;
    },
    managed_io_enabled: () => services.capabilities.managedIoCompat,
  };

  /** label, path, bytes */
  function writeFile(args: LuaReader, append: boolean): null {
    const path = textArgument(args, 2);
    withOsText(textArgument(args, 1), () => {
      refuseFileAsDirectory(vfs, path, "write");
      vfs.writeFile(path, args.view(3), { append });
    });
    return null;
  }
}

interface Mode {
  readonly letter: "r" | "w" | "a";
  readonly update: boolean;
  readonly binary: boolean;
}

function modeArgument(args: LuaReader, index: number, fn: string): Mode {
  if (args.type(index) === "nil") return { letter: "r", update: false, binary: false };
  const mode = stringArgument(args, index, fn, "mode", { wording: "io" });
  const letter = mode.replaceAll(/[b+]/g, "") || "r";
  if (letter !== "r" && letter !== "w" && letter !== "a") fail(fn, `unsupported mode \`${mode}\``);
  return { letter, update: mode.includes("+"), binary: mode.includes("b") };
}

/** Whether the output is read as bytes. */
function popenMode(args: LuaReader, index: number, fn: string): boolean {
  const type = typeWord(args, index, "io");
  if (type === "nil") return false;
  if (type !== "string") fail(fn, `mode must be a string or options table, got ${type}`);
  const mode = args.text(index);
  if (mode === undefined) fail(fn, "mode must be valid UTF-8");
  const letter = mode.replaceAll("b", "");
  if (letter === "w") fail(fn, "write mode is not implemented yet");
  if (letter !== "" && letter !== "r") fail(fn, `unsupported mode \`${mode}\``);
  return mode.includes("b");
}

function timeoutOption(args: LuaReader, index: number, fn: string): number {
  const type = typeWord(args, index, "io");
  if (type === "nil") return defaultPopenTimeoutMs;
  const value = args.number(index);
  if (type !== "number" || !(value > 0)) fail(fn, `timeout_ms must be a positive number, got ${type}`);
  return value;
}

function encoding<T>(fn: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof EncodingError) fail(fn, error.message);
    throw error;
  }
}
