/**
 * A place in a YAML file that knows how to decode itself and where it stands.
 * @module
 */

import { sortedObject } from "../../base/bytes/byte-order.ts";
import type { Json } from "../../contract/contract.ts";
import { YamlShapeError } from "./parser.ts";
import type { YamlFile, YamlKeys, YamlValue } from "./yaml.ts";

export class YamlCursor {
  readonly #file: YamlFile;
  readonly #keys: YamlKeys;
  readonly #value: YamlValue;

  constructor(file: YamlFile, keys: YamlKeys = [], value: YamlValue = file.value) {
    this.#file = file;
    this.#keys = keys;
    this.#value = value;
  }

  get isNull(): boolean {
    return this.#value === null;
  }

  /** The member, or undefined when the mapping has no such key. */
  get(name: string): YamlCursor | undefined {
    const value = this.#mapping().get(name);
    return value === undefined ? undefined : new YamlCursor(this.#file, [...this.#keys, name], value);
  }

  /** Like {@link get}, with null counting as missing: an optional member. */
  optional(name: string): YamlCursor | undefined {
    const member = this.get(name);
    return member === undefined || member.isNull ? undefined : member;
  }

  required(name: string): YamlCursor {
    return this.get(name) ?? this.fail(`missing field \`${name}\``);
  }

  /** Members of a mapping with text keys, in file order. */
  members(): Array<[string, YamlCursor]> {
    return [...this.#mapping()].map(([key, value]) => {
      if (typeof key !== "string") this.fail(`invalid type: ${describe(key)}, expected a string key`);
      return [key as string, new YamlCursor(this.#file, [...this.#keys, key as string], value)];
    });
  }

  /** null counts as the empty list, as in the native decoder. */
  list(): YamlCursor[] {
    if (this.#value === null) return [];
    if (!Array.isArray(this.#value)) this.wrongType("a sequence");
    return (this.#value as YamlValue[]).map((item, i) => new YamlCursor(this.#file, [...this.#keys, i], item));
  }

  string(): string {
    return typeof this.#value === "string" ? this.#value : this.wrongType("a string");
  }

  /** A string, or any other plain scalar as it is written (engine.md §2.4: `dependencies.yaml`, install records). */
  scalarText(): string {
    if (typeof this.#value === "string") return this.#value;
    if (typeof this.#value === "number" || typeof this.#value === "boolean")
      return this.#file.source(this.#keys) ?? String(this.#value);
    return this.wrongType("a string");
  }

  boolean(): boolean {
    return typeof this.#value === "boolean" ? this.#value : this.wrongType("a boolean");
  }

  unsigned(): number {
    return typeof this.#value === "number" && Number.isInteger(this.#value) && this.#value >= 0
      ? this.#value
      : this.wrongType("u64");
  }

  oneOf<T extends string>(...choices: readonly T[]): T {
    const text = this.string();
    const found = choices.find((choice) => choice === text);
    return found ?? this.fail(`unknown variant \`${text}\`, expected one of \`${choices.join("`, `")}\``);
  }

  /** The value as JSON with byte-sorted keys; non-finite numbers become null. */
  json(): Json {
    const value = this.#value;
    if (value instanceof Map) return sortedObject(this.members().map(([key, member]) => [key, member.json()]));
    if (Array.isArray(value)) return this.list().map((item) => item.json());
    return typeof value === "number" && !Number.isFinite(value) ? null : value;
  }

  wrongType(expected: string): never {
    return this.fail(`invalid type: ${describe(this.#value)}, expected ${expected}`);
  }

  fail(complaint: string): never {
    const at = this.#file.position(this.#keys);
    const where = keyPath(this.#keys);
    throw new YamlShapeError(where === "" ? complaint : `${where}: ${complaint}`, this.#file.path, at.line, at.column);
  }

  /** null counts as the empty mapping, as in the native decoder. */
  #mapping(): Map<YamlValue, YamlValue> {
    if (this.#value === null) return new Map();
    return this.#value instanceof Map ? this.#value : this.wrongType("a mapping");
  }
}

function keyPath(keys: YamlKeys): string {
  let text = "";
  for (const key of keys) {
    if (typeof key === "number") text += `[${key}]`;
    else text += text === "" ? key : `.${key}`;
  }
  return text;
}

function describe(value: YamlValue): string {
  if (value === null) return "unit value";
  if (Array.isArray(value)) return "sequence";
  if (value instanceof Map) return "map";
  if (typeof value === "string") return `string ${JSON.stringify(value)}`;
  if (typeof value === "boolean") return `boolean \`${value}\``;
  return Number.isInteger(value) ? `integer \`${value}\`` : `floating point \`${value}\``;
}
