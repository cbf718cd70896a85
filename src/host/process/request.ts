/**
 * Validation of `vulcan.process.exec` (vulcan-api.md §10.1): members in their documented order, mode rules last.
 * @module
 */
import { charge } from "../../base/work.ts";
import type { LuaReader } from "../../lua/interface.ts";
import { checkPathText, checkTableArgument, fail, stringArgument, trimText } from "../arguments.ts";
import { defaultTextEncoding, EncodingError, type TextEncoding, textEncoding } from "../io/encodings.ts";

export interface ExecRequest {
  readonly run:
    | { readonly kind: "shell"; readonly shell?: string; readonly command: string }
    | { readonly kind: "program"; readonly program: string; readonly args: readonly string[] };
  readonly cwd: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string | undefined;
  readonly timeoutMs: number | undefined;
  readonly encodings: Encodings;
}

export interface Encodings {
  readonly stdout: TextEncoding;
  readonly stderr: TextEncoding;
  readonly stdin: TextEncoding;
}

export interface ExecHost {
  readonly defaultTextEncoding: string;
  readonly os: string;
  /** Launchers that exist, default first; undefined where it must be asked for, and is checked later. */
  readonly shells: readonly string[] | undefined;
}

const fn = "process.exec";
/** What it costs to read a variable. */
const variableUnits = 100;
const shellNames = ["cmd", "pwsh", "powershell", "bash", "sh", "zsh"];

/** Arguments of a call that may be over. */
export type KeptArguments = Pick<LuaReader, "count" | "type" | "text" | "inline" | "number" | "boolean">;

/** Positions of what process.lua passes: the members, then the items and pairs as one list. */
const at = { command: 1, program: 2, args: 3, cwd: 4, env: 5, stdin: 6, timeout: 7, shell: 8, encodings: 9, list: 13 };

/** One argument is the string form, many are the members of the table form. @throws LuaRaise */
export function execRequest(args: KeptArguments, host: ExecHost): ExecRequest {
  return args.count < at.list ? textRequest(args, host) : tableRequest(args, host);
}

/** One shell command with defaults. */
function textRequest(args: KeptArguments, host: ExecHost): ExecRequest {
  if (args.type(1) !== "string") fail(fn, `expected a string or table, got ${args.type(1)}`);
  const encoding = defaultTextEncoding(host.defaultTextEncoding, host.os);
  return {
    run: { kind: "shell", command: stringArgument(args, 1, fn, "command") },
    cwd: undefined,
    env: {},
    stdin: undefined,
    timeoutMs: undefined,
    encodings: { stdout: encoding, stderr: encoding, stdin: encoding },
  };
}

function tableRequest(args: KeptArguments, host: ExecHost): ExecRequest {
  const command = optionalText(args, at.command, "command");
  const program = optionalText(args, at.program, "program");
  const items = readItems(args);
  const cwd = optionalText(args, at.cwd, "cwd");
  const env = readEnv(args, items.length);
  const stdin =
    args.type(at.stdin) === "nil" ? undefined : stringArgument(args, at.stdin, fn, "stdin", { allowBlank: true });
  const timeoutMs = readTimeout(args);
  const shell = readShell(args, host);
  const encodings = readEncodings(args, host);
  const run = mode(command, program, items, shell);
  if (cwd !== undefined) checkPathText(cwd, fn, "cwd", { windows: host.os === "windows" });
  return { run, cwd, env, stdin, timeoutMs, encodings };
}

function optionalText(args: KeptArguments, index: number, param: string): string | undefined {
  return args.type(index) === "nil" ? undefined : stringArgument(args, index, fn, param);
}

function readItems(args: KeptArguments): string[] {
  if (args.type(at.args) !== "nil") checkTableArgument(args, at.args, fn, "args");
  const items: string[] = [];
  const count = args.number(at.list);
  for (let i = 1; i <= count; i++) items.push(scalar(args, at.list + i, `args[${i}]`));
  return items;
}

/** A string as it is, a finite number or boolean in its inline rendering (§1.7). */
function scalar(args: KeptArguments, index: number, param: string): string {
  const type = args.type(index);
  if (type === "string") return stringArgument(args, index, fn, param, { allowBlank: true });
  if (type === "boolean" || type === "integer") return args.inline(index);
  if (type !== "number") fail(fn, `${param} must be a string: ${type}`);
  if (!Number.isFinite(args.number(index))) fail(fn, `${param} must be a finite number`);
  return args.inline(index);
}

function readEnv(args: KeptArguments, itemCount: number): Record<string, string> {
  const env: Record<string, string> = Object.create(null);
  if (args.type(at.env) === "nil") return env;
  checkTableArgument(args, at.env, fn, "env");
  for (let i = at.list + itemCount + 1; i < args.count; i += 2) {
    charge(variableUnits);
    const key = stringArgument(args, i, fn, "env.<key>");
    env[key] = scalar(args, i + 1, `env.${key}`);
  }
  return env;
}

function readTimeout(args: KeptArguments): number | undefined {
  const type = args.type(at.timeout);
  if (type === "nil") return undefined;
  const value = type === "integer" ? args.number(at.timeout) : 0;
  if (value <= 0) fail(fn, `timeout_ms must be a positive integer in milliseconds: ${type}`);
  return value;
}

function readShell(args: KeptArguments, host: ExecHost): boolean | string | undefined {
  const type = args.type(at.shell);
  if (type === "nil") return undefined;
  if (type === "boolean") return args.boolean(at.shell);
  if (type !== "string") fail(fn, `shell must be a boolean or string when provided: ${type}`);
  const name = trimText(stringArgument(args, at.shell, fn, "shell")).toLowerCase();
  if (!shellNames.includes(name)) fail(fn, `shell must be one of: ${shellNames.join(", ")}`);
  if (host.shells) checkLauncher(name, host.shells);
  return name;
}

/** @throws LuaRaise for a launcher that is not there */
export function checkLauncher(name: string, shells: readonly string[]): void {
  if (shells.includes(name)) return;
  const available = shells.join(", ");
  fail(fn, `shell \`${name}\` is not available in the current host; available shell values: ${available}`);
}

function readEncodings(args: KeptArguments, host: ExecHost): Encodings {
  const read = (offset: number, field: string): TextEncoding | undefined => {
    const index = at.encodings + offset;
    if (args.type(index) === "nil") return undefined;
    const label = stringArgument(args, index, fn, field);
    try {
      return textEncoding(label, host.os);
    } catch (error) {
      if (error instanceof EncodingError) fail(fn, `${field}: ${error.message}`);
      throw error;
    }
  };
  const common = read(0, "encoding") ?? defaultTextEncoding(host.defaultTextEncoding, host.os);
  return {
    stdout: read(1, "stdout_encoding") ?? common,
    stderr: read(2, "stderr_encoding") ?? common,
    stdin: read(3, "stdin_encoding") ?? common,
  };
}

function mode(
  command: string | undefined,
  program: string | undefined,
  args: readonly string[],
  shell: boolean | string | undefined,
): ExecRequest["run"] {
  if (command !== undefined && program !== undefined) fail(fn, "command and program are mutually exclusive");
  if (command !== undefined) {
    if (shell === false) fail(fn, "shell=false cannot be used with command mode");
    if (args.length > 0) fail(fn, "args is only supported with program mode");
    return { kind: "shell", ...(typeof shell === "string" ? { shell } : {}), command };
  }
  if (program === undefined) fail(fn, "expected a string command or a table with command");
  if (shell === true) fail(fn, "shell=true requires command mode");
  if (typeof shell === "string") fail(fn, `shell="${shell}" requires command mode`);
  return { kind: "program", program, args };
}
