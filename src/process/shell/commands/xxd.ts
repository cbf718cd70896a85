import { latin1ToBytes } from "../../../base/bytes/latin1.ts";
import { answer, bytesAnswer, reasonOf, type ShellCommand } from "./command.ts";

interface Options {
  columns: number;
  group: number;
  length: number;
  seek: number;
  plain: boolean;
  revert: boolean;
  upper: boolean;
}

const usage = "Usage:\n       xxd [-p] [-r] [-u] [-c cols] [-g bytes] [-l len] [-s seek] [infile [outfile]]\n";
const mostColumns = 256;
const plainColumns = 30;

/** `xxd`: bytes as hexadecimal text, and back with `-r`. */
export const xxdCommand: ShellCommand = {
  name: "xxd",
  execute: async (args, { fs, cwd, stdin }) => {
    const parsed = parse(args);
    if (parsed === undefined) return answer({ stderr: usage, exitCode: 1 });
    const { options, files } = parsed;
    const [input = "-", output] = files;
    try {
      const all = input === "-" ? latin1ToBytes(String(stdin)) : await fs.readFileBuffer(fs.resolvePath(cwd, input));
      const start = options.seek < 0 ? Math.max(0, all.length + options.seek) : options.seek;
      const result = options.revert
        ? restored(new TextDecoder("latin1").decode(all), options.plain)
        : new TextEncoder().encode(dump(all.subarray(start, start + options.length), start, options));
      if (output === undefined) return bytesAnswer(result);
      await fs.writeFile(fs.resolvePath(cwd, output), result);
      return answer({});
    } catch (thrown) {
      return answer({ stderr: `xxd: ${input}: ${reasonOf(thrown)}\n`, exitCode: 2 });
    }
  },
};

function parse(args: readonly string[]): { options: Options; files: string[] } | undefined {
  const options: Options = {
    columns: 16,
    group: 2,
    length: Number.POSITIVE_INFINITY,
    seek: 0,
    plain: false,
    revert: false,
    upper: false,
  };
  const files: string[] = [];
  let columns: number | undefined;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    const [, letter, glued] = /^-([cgls])(.*)$/s.exec(arg) ?? [];
    if (letter !== undefined) {
      const value = Number(glued === "" ? args[++at] : glued);
      if (!Number.isInteger(value) || (letter !== "s" && value < 0)) return undefined;
      if (letter === "c") columns = value;
      if (letter === "g") options.group = value;
      if (letter === "l") options.length = value;
      if (letter === "s") options.seek = value;
    } else if (/^-(?:p|ps|plain|postscript)$/.test(arg)) options.plain = true;
    else if (/^-(?:r|revert)$/.test(arg)) options.revert = true;
    else if (arg === "-u") options.upper = true;
    else if (arg === "-" || !arg.startsWith("-")) files.push(arg);
    else return undefined;
  }
  options.columns = columns || (options.plain ? plainColumns : options.columns);
  return options.columns > mostColumns || files.length > 2 ? undefined : { options, files };
}

function dump(bytes: Uint8Array, start: number, { columns, group, plain, upper }: Options): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += columns) {
    const row = bytes.subarray(at, at + columns);
    const digits = Array.from(row, (byte) => byte.toString(16).padStart(2, "0"));
    const hex = upper ? digits.map((each) => each.toUpperCase()) : digits;
    if (plain) {
      lines.push(`${hex.join("")}\n`);
      continue;
    }
    let line = `${(start + at).toString(16).padStart(8, "0")}:`;
    for (let i = 0; i < columns; i++) {
      if (i === 0 || (group > 0 && i % group === 0)) line += " ";
      line += hex[i] ?? "  ";
    }
    const text = Array.from(row, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "."));
    lines.push(`${line}  ${text.join("")}\n`);
  }
  return lines.join("");
}

/** What is no dump is left out, as xxd does. */
function restored(text: string, plain: boolean): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (const line of text.split("\n")) {
    // Two spaces end the digits: behind them stands the text.
    const [, offset = "", digits = ""] = /^\s*([0-9a-fA-F]+):((?: ?[0-9a-fA-F]{2})*)/.exec(line) ?? [];
    const hex = plain ? line : digits;
    if (!plain && offset !== "")
      while (bytes.length < Number.parseInt(offset, 16) && bytes.length < 2 ** 26) bytes.push(0);
    for (const [pair] of hex.matchAll(/[0-9a-fA-F]{2}/g)) bytes.push(Number.parseInt(pair, 16));
  }
  return Uint8Array.from(bytes);
}
