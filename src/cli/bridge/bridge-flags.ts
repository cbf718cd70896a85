/**
 * The flags of `luaskills-wasm bridge`, and what they ask for. Documented in docs/bridge.md.
 * @module
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parseJson } from "../../base/text/json-text.ts";
import type { MountRule, PartialBridgeConfig, ProgramRule, RuntimeRule } from "../../bridge/config.ts";
import { checkBridgeConfig } from "../../bridge/config-schema.ts";
import { standardTokenFile } from "../../bridge/token-file.ts";
import { LuaSkillsError } from "../../errors.ts";
import { usageError } from "../usage-error.ts";

const options = {
  allow: { type: "string", multiple: true },
  root: { type: "string", multiple: true },
  origin: { type: "string", multiple: true },
  library: { type: "string", multiple: true },
  tools: { type: "string", multiple: true },
  "tools-of": { type: "string", multiple: true },
  databases: { type: "string" },
  checksum: { type: "string", multiple: true },
  runtime: { type: "string", multiple: true },
  mount: { type: "string", multiple: true },
  "mount-rw": { type: "string", multiple: true },
  native: { type: "boolean" },
  config: { type: "string" },
  host: { type: "string" },
  port: { type: "string" },
  log: { type: "string" },
  tokens: { type: "string" },
  forget: { type: "boolean", default: false },
  schema: { type: "boolean", default: false },
  quiet: { type: "boolean", short: "q", default: false },
} as const;

export const usage = `luaskills-wasm bridge: lets skills of a page run programs of this machine, of which each must be allowed

  --origin URL     a page that may pair, such as http://localhost:5173; may be repeated
  --allow PROGRAM  a program that may run: a name, NAME=PATH or a path; may be repeated
  --root DIR       a directory that programs may use; may be repeated
  --mount DIR      a directory that runtimes may have in their tree, to read; --mount-rw DIR: to write, too
  --native         runtimes in Node and Deno may pair, too
  --tools DIR      a directory of tools that packages depend on; their programs may run; may be repeated
  --tools-of DIR   a package: the tools it declares are downloaded into the first --tools, if they are not there
  --checksum HEX   the SHA-256 of an archive of such a tool that is accepted though the package declares none
  --runtime NAME   node or python, or NAME=PATH: skills may run code of their own with it, as you
  --databases DIR  where native databases of skills (LanceDB, SQLite) are kept
  --library NAME   a shared library for ffi.load, or NAME=FILE; may be repeated
  --config FILE    all of it as JSON; --schema prints the schema of the file
  --host, --port   where it listens (127.0.0.1, 7333)
  --tokens FILE    where tokens are kept; --forget voids them
  --log FILE       one line of JSON for everything it does
  -q, --quiet      no lines on stderr`;

export interface BridgeCommand {
  readonly config: PartialBridgeConfig;
  readonly logFile: string | undefined;
  readonly tokensFile: string;
  /** Void the tokens given so far. */
  readonly forget: boolean;
  /** Print the configuration's schema, and nothing else. */
  readonly schema: boolean;
  readonly quiet: boolean;
  /** Packages whose tools are installed first. */
  readonly toolsOf: readonly string[];
  readonly checksums: readonly string[];
}

/** @throws LuaSkillsError `invalid_argument` */
export function parseBridgeCommand(argv: readonly string[]): BridgeCommand {
  const { values } = parsed(argv);
  const file = values.config === undefined ? {} : readConfig(values.config);
  const flags = {
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values.port === undefined ? {} : { port: Number(values.port) }),
    ...(values.databases === undefined ? {} : { databases: values.databases }),
    ...(values.native === undefined ? {} : { native: values.native }),
  };
  const config = {
    ...file,
    ...flags,
    origins: [...(file.origins ?? []), ...(values.origin ?? [])],
    toolRoots: [...(file.toolRoots ?? []), ...(values.tools ?? [])],
    roots: [...(file.roots ?? []), ...(values.root ?? [])],
    programs: [...(file.programs ?? []), ...(values.allow ?? []).map(programRule)],
    libraries: { ...file.libraries, ...Object.fromEntries((values.library ?? []).map(libraryRule)) },
    runtimes: { ...file.runtimes, ...Object.fromEntries((values.runtime ?? []).map(runtimeRule)) },
    mounts: [
      ...(file.mounts ?? []),
      ...(values.mount ?? []).map((path): MountRule => ({ path, access: "read-only" })),
      ...(values["mount-rw"] ?? []).map((path): MountRule => ({ path, access: "read-write" })),
    ],
  };
  return {
    config: checkBridgeConfig(config, "the command line"),
    logFile: values.log,
    tokensFile: values.tokens ?? standardTokenFile(),
    forget: values.forget,
    schema: values.schema,
    quiet: values.quiet,
    toolsOf: values["tools-of"] ?? [],
    checksums: values.checksum ?? [],
  };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: false, strict: true });
  } catch (thrown) {
    const first = thrown instanceof Error ? (thrown.message.split(/\. |\n/)[0] ?? "") : String(thrown);
    throw usageError(first);
  }
}

/** `git`, or `git=/usr/bin/git`, or a path, which is called by its last part. */
function programRule(text: string): ProgramRule {
  const [name = "", path] = text.split(/=(.*)/s);
  if (path !== undefined) return { name, path };
  return name.includes("/") ? { name: name.slice(name.lastIndexOf("/") + 1), path: name } : { name };
}

function runtimeRule(text: string): [string, RuntimeRule] {
  const [name = "", path] = text.split(/=(.*)/s);
  return [name, path === undefined ? {} : { path }];
}

function libraryRule(text: string): [string, string | null] {
  const [name = "", file] = text.split(/=(.*)/s);
  return [name, file ?? null];
}

function readConfig(file: string): PartialBridgeConfig {
  let value: unknown;
  try {
    value = parseJson(readFileSync(file, "utf8"));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? "is not JSON" : "cannot be read";
    throw new LuaSkillsError("invalid_argument", `the configuration ${file} ${why}`, { cause });
  }
  return checkBridgeConfig(value, file);
}
