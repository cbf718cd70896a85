import { accessSync, constants, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { LuaSkillsError } from "../../../errors.ts";
import type { ProgramRule } from "../../config.ts";
import type { Roots } from "../../roots.ts";
import { placesIn } from "./argument-paths.ts";

interface AllowedProgram {
  readonly rule: ProgramRule;
  /** What is run. */
  readonly file: string;
  readonly patterns: readonly RegExp[] | undefined;
}

/** The programs of the configuration, found once when the bridge starts. */
export class ProgramList {
  readonly #programs = new Map<string, AllowedProgram>();
  readonly #missing = new Set<string>();

  constructor(rules: readonly ProgramRule[], searchPath = process.env.PATH ?? "") {
    for (const rule of rules) {
      const file = rule.path === undefined ? find(rule.name, searchPath) : path.resolve(rule.path);
      if (file === undefined) {
        this.#missing.add(rule.name);
        continue;
      }
      const patterns = rule.arguments?.map((pattern) => new RegExp(`^(?:${pattern})$`, "u"));
      this.#programs.set(rule.name, { rule, file, patterns });
    }
  }

  /** Names of programs that are allowed and there. */
  get names(): readonly string[] {
    return [...this.#programs.keys()];
  }

  /** Where an allowed program is; by its name, or by its whole path. */
  which(program: string): string | undefined {
    return this.#find(program)?.file;
  }

  /**
   * What to run for `program` with these arguments.
   * @throws LuaSkillsError `permission_denied` naming the flag that would allow it, `not_found`
   */
  admit(program: string, args: readonly string[], cwd: string, roots: Roots): string {
    const found = this.#find(program);
    if (!found) {
      if (this.#missing.has(program)) {
        throw new LuaSkillsError("not_found", `${program} is allowed, but it is not installed beside the bridge`);
      }
      throw denied(
        `the bridge does not allow the program ${JSON.stringify(program)}; start it with --allow ${program}`,
      );
    }
    const { rule, file, patterns } = found;
    for (const [index, argument] of args.entries()) {
      if (patterns && !patterns.some((pattern) => pattern.test(argument))) {
        throw denied(
          `the bridge does not allow argument ${index + 1} of ${rule.name}, ${JSON.stringify(argument)}; ` +
            `it matches none of the patterns under "arguments" in the bridge's configuration`,
        );
      }
      if (rule.paths !== "any") for (const place of placesIn(argument, cwd)) roots.check(place, `${rule.name} to use`);
    }
    return file;
  }

  #find(program: string): AllowedProgram | undefined {
    const named = this.#programs.get(program);
    if (named || !path.isAbsolute(program)) return named;
    const wanted = real(program);
    return [...this.#programs.values()].find(({ file }) => file === program || (wanted && real(file) === wanted));
  }
}

/** The first executable file of that name on a search path. */
function find(name: string, searchPath: string): string | undefined {
  const endings = process.platform === "win32" ? (process.env.PATHEXT ?? ".EXE").split(";") : [""];
  for (const folder of searchPath.split(path.delimiter)) {
    if (!path.isAbsolute(folder)) continue;
    for (const ending of endings) {
      const file = path.join(folder, name + ending);
      if (isExecutable(file)) return file;
    }
  }
  return undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Links followed only where that keeps the name: `/bin/sh` and `/usr/bin/sh` are one, a link from `vi` to `busybox` is not. */
function real(file: string): string | undefined {
  try {
    return path.join(realpathSync(path.dirname(file)), path.basename(file));
  } catch {
    return undefined;
  }
}

function denied(message: string): LuaSkillsError {
  return new LuaSkillsError("permission_denied", message);
}
