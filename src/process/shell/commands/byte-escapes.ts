import { bytesToLatin1 } from "../../../base/bytes/latin1.ts";
import type { ShellCommand } from "./command.ts";

const encoder = new TextEncoder();
/** `\351`, `\0351`, `\xe9`: a byte, where the shell's own commands write the character of that number. */
export const byteEscape = /\\(?:0?[0-3]?[0-7]{1,2}|x[0-9a-fA-F]{1,2})/;
const characterEscape = /\\(?:u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8}))/g;

/** `printf` and `echo` that write bytes where bytes are asked for: the arguments go in as bytes, and come out as such. */
export function withByteEscapes(name: "printf" | "echo"): ShellCommand {
  return {
    name,
    execute: async (args, context) => {
      const original = context.origCommand;
      if (!original) throw new Error(`the shell has no ${name} of its own`);
      if (!args.some((arg) => byteEscape.test(arg)) || args[0] === "-v") return original(args);
      const result = await original(
        args.map((arg) => bytesToLatin1(encoder.encode(arg.replaceAll(characterEscape, character)))),
      );
      const high = /[^\0-\xff]/.test(result.stdout);
      return high ? result : { ...result, stdoutKind: "bytes", stdoutEncoding: "binary" };
    },
  };
}

function character(written: string, short: string | undefined, long: string | undefined): string {
  const code = Number.parseInt(short ?? long ?? "", 16);
  return code > 0x7f && code <= 0x10ffff ? String.fromCodePoint(code) : written;
}
