import { errorStatus } from "../base/error-status.ts";
import type { LuaSkillsError } from "../errors.ts";
import { Report } from "./report.ts";

/** Switches every command has. */
export interface CommonSwitches {
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** One run of the command line: where it writes, and how it ends. */
export class Run {
  readonly report: Report;

  constructor(argv: readonly string[]) {
    this.report = new Report(process.stderr, argv.includes("--quiet") || argv.includes("-q"));
  }

  print(text: string): void {
    process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
  }

  json(value: unknown): void {
    this.print(JSON.stringify(value, null, 2));
  }

  /** Tells of an error; the exit code that fits it. */
  failed(error: LuaSkillsError, { json = false }: CommonSwitches): number {
    this.report.error(error);
    if (json) this.json({ error: error.toData() });
    return errorStatus[error.code].exit;
  }
}
