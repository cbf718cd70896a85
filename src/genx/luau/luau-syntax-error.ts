/** A Luau text that cannot be translated: what is wrong and where. Lines and columns count from 1. */
export class LuauSyntaxError extends Error {
  override readonly name = "LuauSyntaxError";
  constructor(
    /** What is wrong, without the place. */
    readonly what: string,
    readonly line: number,
    readonly column: number,
  ) {
    super(`${what} (line ${line}, column ${column})`);
  }
}
