import { stripVTControlCharacters, styleText } from "node:util";
import type { LoadProblem, LogEvent } from "../contract/contract.ts";
import type { LuaSkillsError } from "../errors.ts";

type Style = Parameters<typeof styleText>[0];

/** What people read, on stderr: colours only on a terminal, and no control characters of a skill's making. */
export class Report {
  constructor(
    private readonly stream: NodeJS.WriteStream,
    private readonly quiet: boolean,
  ) {}

  log({ level, message }: LogEvent): void {
    if (this.quiet) return;
    const styles: Record<LogEvent["level"], Style> = { info: "dim", warn: "yellow", error: "red" };
    this.#line(this.#styled(styles[level], `${level.padEnd(5)} ${clean(message)}`));
  }

  problem(problem: LoadProblem, onDisk: (path: string) => string): void {
    const place = onDisk(problem.skillDir);
    const what =
      problem.severity === "warning" ? `warning for ${problem.skillId}` : `skill ${problem.skillId} is not loaded`;
    this.#line(`${this.#styled("yellow", what)} (${place})`);
    this.#line(indent(clean(problem.message)));
  }

  error(error: LuaSkillsError): void {
    this.#line(`${this.#styled("red", `error ${error.code}`)}: ${clean(error.message)}`);
    if (error.luaTraceback !== undefined && !error.message.includes(error.luaTraceback)) {
      this.#line(this.#styled("dim", clean(error.luaTraceback)));
    }
  }

  note(text: string): void {
    this.#line(text);
  }

  /** What is good to know and changes nothing. */
  info(text: string): void {
    if (!this.quiet) this.#line(this.#styled("dim", clean(text)));
  }

  #line(text: string): void {
    this.stream.write(`${text}\n`);
  }

  #styled(style: Style, text: string): string {
    return this.stream.isTTY && !process.env.NO_COLOR ? styleText(style, text) : text;
  }
}

function clean(text: string): string {
  return stripVTControlCharacters(text);
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}
