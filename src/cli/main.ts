#!/usr/bin/env node
/**
 * The command line. Documented in docs/cli.md; exit codes in src/base/error-status.ts.
 * @module
 */
import { readFileSync } from "node:fs";
import { errorStatus, exitCodes } from "../base/error-status.ts";
import type { InvocationContext, Runtime } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { createNodeRuntime } from "../platforms/node/node.ts";
import { type CallCommand, type Command, type ListCommand, parseCommandLine } from "./command-line.ts";
import { jsonOption } from "./json-option.ts";
import { registryTable } from "./registry-table.ts";
import { Report } from "./report.ts";
import { openSkillsFolder, type SkillsFolder } from "./skills-folder.ts";
import { usage } from "./usage.ts";

// `… | head` closes the pipe before everything is written: no failure, nobody listens any more.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  const report = new Report(process.stderr, argv.includes("--quiet") || argv.includes("-q"));
  if (argv[0] === "bridge" && !argv.some((each) => each === "--help" || each === "-h")) return bridge(argv, report);
  let command: Command;
  try {
    command = parseCommandLine(argv);
  } catch (thrown) {
    report.error(LuaSkillsError.from(thrown));
    report.note("luaskills-wasm --help shows what can be given");
    return exitCodes.usage;
  }
  if (command.name !== "call" && command.name !== "list") {
    return print(command.name === "help" ? usage : `${version()}\n`);
  }
  try {
    return print(await run(command, report));
  } catch (thrown) {
    const error = LuaSkillsError.from(thrown);
    report.error(error);
    if (command.json) print(json({ error: error.toData() }));
    return errorStatus[error.code].exit;
  }
}

/** It has flags of its own, and runs until it is interrupted. */
async function bridge(argv: readonly string[], report: Report): Promise<number> {
  const { parseBridgeCommand, runBridge } = await import("./bridge-command.ts");
  try {
    return await runBridge(parseBridgeCommand(argv.slice(1)));
  } catch (thrown) {
    const error = LuaSkillsError.from(thrown);
    report.error(error);
    return errorStatus[error.code].exit;
  }
}

async function run(command: CallCommand | ListCommand, report: Report): Promise<string> {
  const folder = openSkillsFolder(command.skillsDir, command);
  const call = command.name === "call" ? command : undefined;
  const args = (await jsonOption("--args", call?.args)) ?? {};
  const context = (await jsonOption("--context", call?.context)) as InvocationContext | undefined;
  const runtime = await createNodeRuntime({
    ...folder.options,
    storage: { kind: "directory", path: folder.root },
    // Looking at a folder leaves no trace in it.
    overlay: command.memory || command.name === "list",
  });
  runtime.on("log", (event) => report.log(event));
  try {
    if (command.name === "list") {
      reportProblems(runtime, folder, report);
      return command.json ? json(runtime.list()) : registryTable(runtime.list());
    }
    const result = await runtime.call(command.entry, args, { timeoutMs: command.timeoutMs, context });
    return command.json ? json(result) : withNewline(result.content);
  } catch (thrown) {
    // The skill that was asked for may be the one that did not load.
    if (thrown instanceof LuaSkillsError && thrown.code === "entry_not_found") reportProblems(runtime, folder, report);
    throw thrown;
  } finally {
    await runtime.close();
  }
}

function reportProblems(runtime: Runtime, folder: SkillsFolder, report: Report): void {
  for (const problem of runtime.problems()) report.problem(problem, folder.onDisk);
}

function print(text: string): 0 {
  process.stdout.write(text);
  return exitCodes.ok;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function withNewline(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}

function version(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
