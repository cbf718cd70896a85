/**
 * `luaskills-wasm bridge`: its flags, and the bridge they start. Documented in docs/bridge.md.
 * @module
 */

import { appendFileSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { exitCodes } from "../../base/error-status.ts";
import { parseJson } from "../../base/text/json-text.ts";
import type { MountRule, PartialBridgeConfig, ProgramRule, RuntimeRule } from "../../bridge/config.ts";
import { bridgeConfigSchema, checkBridgeConfig } from "../../bridge/config-schema.ts";
import { BridgeServer } from "../../bridge/server.ts";
import { standardTokenFile, tokenFile } from "../../bridge/token-file.ts";
import { installTools } from "../../bridge/tools/install-tools.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Run } from "../run.ts";

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

const usage = `luaskills-wasm bridge: lets skills of a page run programs of this machine, of which each must be allowed

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

interface BridgeCommand {
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
function parseBridgeCommand(argv: readonly string[]): BridgeCommand {
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

/** `luaskills-wasm bridge`: its flags are its own. */
export async function bridge(run: Run, argv: readonly string[]): Promise<number> {
  if (argv.includes("--help") || argv.includes("-h")) {
    run.print(usage);
    return exitCodes.ok;
  }
  return runBridge(parseBridgeCommand(argv));
}

/** Runs until it is interrupted. Answers the exit code. */
async function runBridge(command: BridgeCommand): Promise<number> {
  if (command.schema) {
    process.stdout.write(`${JSON.stringify(bridgeConfigSchema, null, 2)}\n`);
    return 0;
  }
  const say = (line: string) => process.stderr.write(`${line}\n`);
  await installDeclared(command, say);
  const tokens = tokenFile(command.tokensFile);
  if (command.forget) tokens.save([]);
  const bridge = await BridgeServer.start({
    ...command.config,
    tokens,
    onPairingCode: (code) => say(`Pairing code: ${code}  (good for one page, for ten minutes; Enter makes a new one)`),
    onAudit: (line) => {
      if (!command.quiet) say(line);
      if (command.logFile !== undefined) appendFileSync(command.logFile, `${line}\n`, { mode: 0o600 });
    },
  });
  process.stdout.write(`${bridge.url}\n`);
  for (const line of allowed(command.config)) say(line);
  const input = process.stdin.isTTY ? createInterface({ input: process.stdin }) : undefined;
  input?.on("line", () => bridge.renewPairingCode());
  await new Promise((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
  input?.close();
  await bridge.close();
  return 0;
}

async function installDeclared(
  { config, toolsOf, checksums }: BridgeCommand,
  say: (line: string) => void,
): Promise<void> {
  if (toolsOf.length === 0) return;
  const [root] = config.toolRoots ?? [];
  if (root === undefined) throw wrong("--tools-of needs --tools DIR, where the tools are put");
  for (const { name, version, isNew } of await installTools({ packages: toolsOf, root, checksums, onProgress: say })) {
    say(`Tool:     ${name} ${version}${isNew ? "" : " (was there)"}`);
  }
}

function allowed({
  origins = [],
  programs = [],
  roots = [],
  mounts = [],
  runtimes = {},
  native,
}: PartialBridgeConfig): string[] {
  const list = (names: readonly string[], flag: string) => (names.length > 0 ? names.join(", ") : `none (${flag})`);
  return [
    `Pages:    ${list([...origins, ...(native ? ["programs without a page"] : [])], "--origin URL")}`,
    `Programs: ${list(
      programs.map(({ name }) => name),
      "--allow NAME",
    )}`,
    `Runtimes: ${list(Object.keys(runtimes), "--runtime NAME")}`,
    `Roots:    ${list(roots, "--root DIR")}`,
    `Mounts:   ${list(
      mounts.map(({ path, access }) => `${path} (${access})`),
      "--mount DIR, --mount-rw DIR",
    )}`,
  ];
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: false, strict: true });
  } catch (thrown) {
    const first = thrown instanceof Error ? (thrown.message.split(/\. |\n/)[0] ?? "") : String(thrown);
    throw wrong(first);
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

function wrong(message: string): LuaSkillsError {
  return new LuaSkillsError("invalid_argument", message);
}
