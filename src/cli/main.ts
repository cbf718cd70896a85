#!/usr/bin/env node
/**
 * The command line. Documented in docs/command-line.md; exit codes in src/base/error-status.ts.
 * @module
 */
import { CommanderError } from "commander";
import { exitCodes } from "../base/error-status.ts";
import { LuaSkillsError } from "../errors.ts";
import { commandLine } from "./command-line.ts";
import { Run } from "./run.ts";
import { systemFault } from "./system-fault.ts";

// `… | head` closes the pipe before everything is written: no failure, nobody listens any more.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  const run = new Run(argv);
  let code: number = exitCodes.ok;
  try {
    await commandLine(run, (ended) => {
      code = ended;
    }).parseAsync(argv, { from: "user" });
    return code;
  } catch (thrown) {
    if (thrown instanceof CommanderError) {
      if (thrown.exitCode === 0) return exitCodes.ok;
      const message = thrown.message.replace(/^error: /, "").replace(/^./, (first) => first.toUpperCase());
      run.report.error(new LuaSkillsError("invalid_argument", message));
    } else {
      const error = systemFault(thrown) ?? LuaSkillsError.from(thrown);
      const ended = run.failed(error, { json: argv.includes("--json") });
      if (ended !== exitCodes.usage || error.code !== "invalid_argument") return ended;
    }
    run.report.note("luaskills-wasm --help shows what can be given");
    return exitCodes.usage;
  }
}
