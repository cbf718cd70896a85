import type { Token } from "./token.ts";

/** What a function says of itself by its types. */
export interface FunctionTypes {
  readonly generics: readonly string[];
  readonly parameters: readonly (readonly [name: string, type: string | undefined])[];
  readonly results: string | undefined;
}

/** LuaLS comments for the types that the translation erases. They come in front of the line they speak of. */
export class LualsNotes {
  readonly #tokens: readonly Token[];
  readonly #byLine = new Map<number, string[]>();

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** Of a line with two functions only the first is described: LuaLS reads comments by lines. */
  function(line: number, { generics, parameters, results }: FunctionTypes): void {
    const typed = parameters.filter(([, type]) => type !== undefined);
    if (typed.length === 0 && results === undefined) return;
    this.#add(line, [
      ...(generics.length > 0 ? [`---@generic ${generics.join(", ")}`] : []),
      ...typed.map(([name, type = ""]) => `---@param ${parameterText(name, type)}`),
      ...(results ? [`---@return ${results.replace(/(.*)\.\.\.$/, "$1 ...")}`] : []),
    ]);
  }

  locals(line: number, types: readonly (string | undefined)[]): void {
    if (types.every((type) => type === undefined)) return;
    this.#add(line, [`---@type ${types.map((type) => type ?? "any").join(", ")}`]);
  }

  alias(
    line: number,
    {
      name,
      generics,
      type,
      fields,
    }: { name: string; generics: readonly string[]; type: string; fields?: readonly string[] },
  ): void {
    const named = generics.length > 0 ? `${name}<${generics.join(", ")}>` : name;
    if (fields === undefined) this.#add(line, [`---@alias ${named} ${type}`]);
    else this.#add(line, [`---@class ${named}`, ...fields.map(fieldText)]);
  }

  /** `expr :: T` where it stands. */
  static cast(type: string): string {
    return `--[==[@as ${type} ]==]`;
  }

  /** `lua` has the lines of the text that was translated. */
  into(lua: string): string {
    const lines = lua.split("\n");
    return lines
      .flatMap((text, i) => {
        const notes = this.#byLine.get(i + 1) ?? [];
        const indent = text.trim() === "" ? "" : (/^[ \t]*/.exec(text)?.[0] ?? "");
        return [...notes.map((note) => indent + note), text];
      })
      .join("\n");
  }

  #add(line: number, notes: readonly string[]): void {
    if (this.#byLine.has(line) || !this.#beginsFreely(line)) return;
    this.#byLine.set(line, [...notes]);
  }

  /** Nothing of a long string or a comment reaches into the line. */
  #beginsFreely(line: number): boolean {
    const index = this.#tokens.findIndex((token) => token.line === line);
    const lead = this.#tokens[index]?.lead ?? "";
    if (index === 0 && line === 1) return lead.trim() === "";
    return lead.includes("\n") && lead.slice(lead.lastIndexOf("\n")).trim() === "";
  }
}

const parameterText = (name: string, type: string): string =>
  name === "..." ? `... ${type}` : type.endsWith("?") ? `${name}? ${type.slice(0, -1)}` : `${name} ${type}`;

const fieldText = (field: string): string => {
  const [, name = "", type = ""] = /^(\w+\??): (.*)$/s.exec(field) ?? [];
  const optional = type.endsWith("?") && !name.endsWith("?");
  return `---@field ${optional ? `${name}? ${type.slice(0, -1)}` : `${name} ${type}`}`;
};
