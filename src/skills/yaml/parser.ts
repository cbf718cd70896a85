/**
 * The YAML parser, once for everything that is loaded on demand.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";

type YamlPackage = typeof import("yaml");

// allowed: code that was loaded, the same for everybody
let parser: YamlPackage | undefined;

/** Before the first use of YAML. The parser is a quarter of a worker's code, and a runtime without skills needs none. */
export async function loadYaml(): Promise<void> {
  parser ??= await import("yaml");
}

export function yaml(): YamlPackage {
  if (!parser) throw new LuaSkillsError("internal", "the YAML parser is not there yet: loadYaml() comes first");
  return parser;
}

/** A value has the wrong shape; the reader of the file turns it into its own error text. */
export class YamlShapeError extends Error {
  override readonly name = "YamlShapeError";
  constructor(
    message: string,
    readonly file: string,
    readonly line: number,
    readonly column: number,
  ) {
    super(`${message} at line ${line} column ${column}`);
  }
}
