import { parseArgs } from "node:util";
import { LuaSkillsError } from "../errors.ts";

interface EngineSwitches {
  readonly skillsDir: string;
  readonly json: boolean;
  readonly memory: boolean;
  readonly quiet: boolean;
  /** Skills may see the whole home directory. */
  readonly allowHome: boolean;
}

export interface ListCommand extends EngineSwitches {
  readonly name: "list";
}

export interface CallCommand extends EngineSwitches {
  readonly name: "call";
  readonly entry: string;
  /** JSON text, `@file` or `-`; undefined: no arguments. */
  readonly args: string | undefined;
  /** The invocation context, given like `args`. */
  readonly context: string | undefined;
  readonly timeoutMs: number | undefined;
}

export type Command = { readonly name: "help" | "version" } | ListCommand | CallCommand;

const options = {
  args: { type: "string" },
  context: { type: "string" },
  json: { type: "boolean", default: false },
  "allow-home": { type: "boolean", default: false },
  memory: { type: "boolean", default: false },
  quiet: { type: "boolean", short: "q", default: false },
  timeout: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
  version: { type: "boolean", default: false },
} as const;

/** @throws LuaSkillsError `invalid_argument` */
export function parseCommandLine(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  if (values.version) return { name: "version" };
  const [name, ...rest] = positionals;
  if (values.help || name === "help") return { name: "help" };
  if (name === undefined) throw wrong("a command is missing: call, list or bridge");
  const { json, memory, quiet, "allow-home": allowHome } = values;
  const [skillsDir, entry, ...surplus] = rest;
  if (name === "list") {
    if (skillsDir === undefined) throw wrong("list needs the folder of skills: luaskills-wasm list <skills-dir>");
    if (entry !== undefined) throw wrong(`list takes one folder; "${entry}" is too much`);
    return { name, skillsDir, json, memory, quiet, allowHome };
  }
  if (name === "call") {
    if (skillsDir === undefined || entry === undefined) {
      throw wrong("call needs a folder and an entry: luaskills-wasm call <skills-dir> <entry> --args '{…}'");
    }
    if (surplus.length > 0) {
      throw wrong(`"${surplus.join(" ")}" is too much; arguments go into one JSON object: --args '{"key": "value"}'`);
    }
    const { args, context } = values;
    if (args === "-" && context === "-") throw wrong("--args and --context cannot both read stdin");
    return { name, skillsDir, entry, args, context, timeoutMs: milliseconds(values.timeout), json, memory, quiet, allowHome };
  }
  throw wrong(`there is no command "${name}"; the commands are call, list and bridge`);
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (thrown) {
    const first = thrown instanceof Error ? (thrown.message.split(/\. |\n/)[0] ?? "") : String(thrown);
    throw wrong(first);
  }
}

function milliseconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = Number(text);
  if (!/^\d+$/.test(text) || ms === 0 || !Number.isSafeInteger(ms)) {
    throw wrong(`--timeout takes whole milliseconds of at least 1, got "${text}"`);
  }
  return ms;
}

function wrong(message: string): LuaSkillsError {
  return new LuaSkillsError("invalid_argument", message);
}
