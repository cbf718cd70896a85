/**
 * Reads a JSON options object member by member and refuses a wrong shape by name, in the words of the native decoder.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";

export class OptionReader {
  readonly value: unknown;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    this.value = value;
    this.#path = path;
  }

  /** The member, or undefined when the object does not have it. */
  get(name: string): OptionReader | undefined {
    const object = this.object();
    if (!Object.hasOwn(object, name) || object[name] === undefined) return undefined;
    return new OptionReader(object[name], `${this.#path}.${name}`);
  }

  /** Like {@link get}, with null counting as missing. */
  optional(name: string): OptionReader | undefined {
    const member = this.get(name);
    return member === undefined || member.value === null ? undefined : member;
  }

  required(name: string): OptionReader {
    const member = this.get(name);
    if (member === undefined) this.#fail(`missing field \`${name}\``, name);
    return member as OptionReader;
  }

  object(): Record<string, unknown> {
    if (typeof this.value !== "object" || this.value === null || Array.isArray(this.value))
      this.#wrongType("an object");
    return this.value as Record<string, unknown>;
  }

  string(): string {
    return typeof this.value === "string" ? this.value : this.#wrongType("a string");
  }

  boolean(): boolean {
    return typeof this.value === "boolean" ? this.value : this.#wrongType("a boolean");
  }

  unsigned(): number {
    return typeof this.value === "number" && Number.isInteger(this.value) && this.value >= 0
      ? this.value
      : this.#wrongType("a non-negative integer");
  }

  strings(): string[] {
    if (!Array.isArray(this.value)) return this.#wrongType("an array of strings");
    return this.value.map((item, i) => new OptionReader(item, `${this.#path}[${i}]`).string());
  }

  /** The members of an array. */
  items(): OptionReader[] {
    if (!Array.isArray(this.value)) return this.#wrongType("an array");
    return this.value.map((item, i) => new OptionReader(item, `${this.#path}[${i}]`));
  }

  oneOf<T extends string>(...choices: readonly T[]): T {
    const text = this.string();
    const found = choices.find((choice) => choice === text);
    return found ?? this.#fail(`unknown variant \`${text}\`, expected one of \`${choices.join("`, `")}\``);
  }

  #wrongType(expected: string): never {
    return this.#fail(`invalid type: ${describe(this.value)}, expected ${expected}`);
  }

  #fail(complaint: string, member?: string): never {
    throw new LuaSkillsError("invalid_argument", `${this.#path}: ${complaint}`, {
      data: { field: member === undefined ? this.#path : `${this.#path}.${member}` },
    });
  }
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "string") return `string ${JSON.stringify(value)}`;
  return typeof value === "object" ? "object" : `${typeof value} \`${String(value)}\``;
}
