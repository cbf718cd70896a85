/**
 * Every command with its arguments and options. What a command does is loaded when it is called.
 * @module
 */
import { Command, InvalidArgumentError, Option } from "commander";
import { nearest } from "../base/text/nearest.ts";
import { version } from "../base/version.ts";
import { LuaSkillsError } from "../errors.ts";
import type { Run } from "./run.ts";

/** An action's module exports one function; commander hands it arguments, options and the command. */
type Work<A extends unknown[]> = (run: Run, ...args: A) => Promise<number>;

const exitCodesText = `
Exit codes
  0 done    1 the skill failed    2 bad command line, arguments or folder    3 no such entry
  4 a limit ended the call    5 storage or WebAssembly files failed    70 a bug of luaskills-wasm

<skills> is a folder of skills, its parent, or one skill. A folder of skills keeps its state in its
parent, which is all of the disk that its skills see; one skill keeps it in its own .luaskills.
The result goes to stdout, everything else to stderr.`;

/** @param ended hears the exit code of the command that ran */
export function commandLine(run: Run, ended: (code: number) => void): Command {
  const act =
    <A extends unknown[]>(load: () => Promise<Work<A>>) =>
    async (...args: unknown[]) => {
      ended(await (await load())(run, ...(args as A)));
    };
  const program = new Command("luaskills-wasm")
    .description("Runs LuaSkills packages in a WebAssembly sandbox, and helps to write them.")
    .version(version, "--version")
    .helpOption("-h, --help", "display help")
    .argument("[command...]")
    .usage("<command> [options]")
    .addHelpText("after", exitCodesText)
    .exitOverride()
    .configureOutput({ writeErr: () => {}, outputError: () => {} })
    .configureHelp({ subcommandTerm: (each) => each.name() })
    .action(([name]: string[]) => {
      throw new LuaSkillsError("invalid_argument", noCommand(name, program));
    });

  const command = (usage: string, about: string) => program.command(usage).description(about);

  command("init [folder]", "write a new skill")
    .option("-t, --template <name>", "minimal, database, host-tool or module")
    .option("--name <text>", "the skill's display name")
    .option("-y, --yes", "ask nothing, take the defaults")
    .option("-q, --quiet", "say less")
    .action(act(async () => (await import("./init/init-command.ts")).init));

  command("check [skills]", "say what is wrong with a skill, by file and line")
    .option("--json", "print the findings as JSON")
    .option("--strict", "warnings fail, too")
    .option("-q, --quiet", "errors only")
    .action(act(async () => (await import("./check/check-command.ts")).check));

  engine(command("list [skills] [surplus...]", "list the entries of skills"), "memory")
    .usage("[options] <skills>")
    .option("--json", "print the registry as JSON")
    .action(act(async () => (await import("./commands/list.ts")).list));

  engine(command("call [skills] [entry] [surplus...]", "call an entry, or run a .lua file").alias("run"), "state")
    .usage("[options] <skills> <entry or file.lua>")
    .option("--args <json>", "arguments, one JSON object; @file reads a file, - reads stdin")
    .option("--context <json>", "what the host tells the entry, given like --args")
    .option("--json", "print the whole result, or the error, as JSON")
    .addOption(timeout())
    .action(act(async () => (await import("./commands/call.ts")).call));

  command("test [skills]", "run the tests of skills: tests/*.lua")
    .option("--reporter <name>", "spec, tap or junit", "spec")
    .option("--out <file>", "write the report into a file")
    .option("--filter <text>", "run tests whose name contains the text")
    .option("--watch", "run again whenever a file changes")
    .addOption(timeout())
    .option("-q, --quiet", "no log lines")
    .action(act(async () => (await import("./test/tests-command.ts")).test));

  command("pack [skills]", "make an installable package of each skill")
    .option("-o, --out <folder>", "where packages go", ".")
    .option("--json", "print names, sizes and checksums as JSON")
    .option("--force", "pack what the check refuses")
    .option("-q, --quiet", "say less")
    .action(act(async () => (await import("./pack/pack-command.ts")).pack));

  engine(
    command("export [skills] [skill]", "write skills as Agent Skill folders: SKILL.md beside the package"),
    "state",
  )
    .option("--agent-skill", "the format; there is no other yet")
    .option("-o, --out <folder>", "where the folders go", "agent-skills")
    .option("--json", "print what was written as JSON")
    .action(act(async () => (await import("./commands/export.ts")).exportSkills));

  engine(command("repl [skills]", "run lines of Lua over skills, which keep their variables"), "state").action(
    act(async () => (await import("./commands/repl.ts")).repl),
  );

  command("types [skills]", "write annotations for skills' Lua, and types of entries for TypeScript")
    .option("-o, --out <file>", "a .d.ts with the arguments of every entry")
    .option(...allowHome)
    .option("-q, --quiet", "say less")
    .action(act(async () => (await import("./commands/types.ts")).types));

  for (const what of ["install", "update"] as const) {
    const described = command(
      `${what} <skills> <source>`,
      `${what} a package: a file or folder, an address, owner/repository`,
    );
    engine(described, "state")
      .option("--sha256 <hex>", "what the package has to be")
      .option("--id <skill>", "the skill's id, where the source does not say it")
      .option("--json", "print the result as JSON")
      .action(act(async () => (await import("./commands/manage.ts"))[what]));
    if (what === "install") described.option("--replace", "put it over one that is there, whatever their versions");
  }
  engine(command("uninstall <skills> <skill>", "remove a skill; its databases stay"), "state")
    .option("--data", "its databases go, too")
    .option("--json", "print the result as JSON")
    .action(act(async () => (await import("./commands/manage.ts")).uninstall));
  engine(command("enable <skills> <skill>", "let a disabled skill run again"), "state").action(
    act(async () => (await import("./commands/manage.ts")).enable),
  );
  engine(command("disable <skills> <skill>", "keep a skill from running"), "state")
    .option("--reason <text>", "why")
    .action(act(async () => (await import("./commands/manage.ts")).disable));

  engine(command("db <skills> [skill] [sql]", "databases of skills: all, one's tables, a query's rows"), "state")
    .option("--vectors", "the vector store instead of SQLite; a table's name instead of SQL")
    .option("--rows <n>", "at most so many rows", positive("--rows"))
    .option("--export <file>", "write the database into a file")
    .option("--import <file>", "put a file in its place")
    .option("--json", "print rows as JSON")
    .action(act(async () => (await import("./commands/db.ts")).db));

  for (const what of ["serve", "dev"] as const) {
    const about =
      what === "dev"
        ? "serve, follow changes of the files, and a page to try them in"
        : "serve over HTTP, and as MCP at /mcp";
    engine(command(`${what} [skills]`, about), "state")
      .option("--port <n>", "where it listens; 0: a free port", "7420")
      .option("--host <address>", "the address it listens at", "127.0.0.1")
      .option("--token <text>", "what clients show as bearer token; default a new one")
      .option("--role <name>", "what they may do: call, read or manage", "call")
      .option("--origin <url...>", "pages that may ask from a browser")
      .option("--watch", "follow changes of the skills' files (dev always does)")
      .action(act(async () => (await import("./commands/serve.ts"))[what]));
  }

  command("doctor", "say what this machine can do")
    .option("--json", "print the facts as JSON")
    .action(act(async () => (await import("./commands/doctor.ts")).doctor));

  engine(command("mcp [skills]", "serve skills as an MCP server over stdio"), "state")
    .option("--name <text>", "what the server calls itself")
    .option("--files <path...>", "files and folders of the runtime that clients may read")
    .option("--watch", "follow changes of the skills' files")
    .addOption(timeout())
    .action(act(async () => (await import("./mcp/mcp-command.ts")).mcp));

  program
    .command("bridge", { hidden: false })
    .description("let the skills of a page run programs of this machine")
    .argument("[flags...]")
    .allowUnknownOption()
    .helpOption(false)
    .action(act(async () => (await import("./bridge/bridge-command.ts")).bridge));
  return program;
}

const allowHome = [
  "--allow-home",
  "the folder's parent may be, or hold, your home directory: skills see all of it",
] as const;

/** Options of commands that start an engine on the folder. */
function engine(command: Command, keeps: "memory" | "state"): Command {
  return command
    .option("--memory", keeps === "memory" ? "the same; this command never writes" : "write nothing to the disk")
    .option(...allowHome)
    .option("--lenient", "load skills whose dependencies cannot be had here, and say so")
    .option("-q, --quiet", "no log lines");
}

function timeout(): Option {
  const about = "end a call after so many milliseconds";
  return new Option("--timeout <ms>", about).argParser(positive("--timeout", "whole milliseconds"));
}

function positive(option: string, what = "a whole number"): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value > 0 && Number.isSafeInteger(value)) return value;
    throw new InvalidArgumentError(`${option} takes ${what} of at least 1, got "${text}"`);
  };
}

function noCommand(name: string | undefined, program: Command): string {
  const all = program.commands.map((each) => each.name());
  const known = `the commands are ${all.slice(0, -1).join(", ")} and ${all.at(-1)}`;
  if (name === undefined) return `a command is missing; ${known}`;
  const meant = nearest(name, all);
  return `there is no command ${JSON.stringify(name)}; ${meant === undefined ? known : `did you mean ${meant}?`}`;
}
