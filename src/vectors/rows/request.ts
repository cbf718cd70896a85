/**
 * Requests of `vulcan.lancedb` as the engine reads them (databases.md §12): types are checked here, texts begin with
 * `failed to parse input_json: `.
 * @module
 */
import { messageOf } from "../../base/message-of.ts";
import { charge } from "../../base/work.ts";
import { parseExact } from "../../databases/exact-json.ts";
import type { ColumnDeclaration } from "../table/schema.ts";

const u32High = 2 ** 32 - 1;

/** One JSON object whose members are read by name and type. Unknown members are ignored. */
export class RequestReader {
  readonly #members: Readonly<Record<string, unknown>>;

  private constructor(
    members: object,
    private readonly end: number,
  ) {
    this.#members = members as Readonly<Record<string, unknown>>;
  }

  /** @throws Error */
  static parse(text: string): RequestReader {
    return RequestReader.of(parseInput(text), text.length);
  }

  /** @param end length of the text, for error positions */
  static of(value: unknown, end = 0): RequestReader {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw wrong(`invalid type: ${Array.isArray(value) ? "sequence" : typeof value}, expected a struct`, end);
    }
    return new RequestReader(value, end);
  }

  string(name: string, fallback?: string): string {
    const value = this.#member(name, fallback);
    if (typeof value !== "string") throw this.#mismatch(name, value, "a string");
    return value;
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.#member(name, fallback);
    if (typeof value !== "boolean") throw this.#mismatch(name, value, "a boolean");
    return value;
  }

  u32(name: string, fallback: number): number {
    const value = this.#member(name, fallback);
    if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > u32High) {
      throw this.#mismatch(name, value, "u32");
    }
    return value;
  }

  strings(name: string): string[] {
    return this.#array(name, []).map((item) => {
      if (typeof item !== "string") throw this.#mismatch(name, item, "a string");
      return item;
    });
  }

  /** Numbers, rounded to float32. */
  vector(name: string): Float32Array {
    const items = this.#array(name);
    return Float32Array.from(items, (item) => {
      charge(5);
      if (typeof item !== "number" && typeof item !== "bigint") throw this.#mismatch(name, item, "f32");
      return Number(item);
    });
  }

  columns(name: string): ColumnDeclaration[] {
    return this.#array(name).map((item) => {
      const column = RequestReader.of(item, this.end);
      return {
        name: column.string("name"),
        column_type: column.string("column_type"),
        vector_dim: column.u32("vector_dim", 0),
        nullable: column.boolean("nullable", true),
      };
    });
  }

  #array(name: string, fallback?: unknown[]): unknown[] {
    const value = this.#member(name, fallback);
    if (!Array.isArray(value)) throw this.#mismatch(name, value, "a sequence");
    return value;
  }

  #member(name: string, fallback: unknown): unknown {
    if (Object.hasOwn(this.#members, name)) return this.#members[name];
    if (fallback === undefined) throw wrong(`missing field \`${name}\``, this.end);
    return fallback;
  }

  #mismatch(name: string, value: unknown, expected: string): Error {
    const shown = typeof value === "object" ? (value === null ? "null" : "a table") : `${typeof value} \`${value}\``;
    return wrong(`invalid type for \`${name}\`: ${shown}, expected ${expected}`, this.end);
  }
}

function parseInput(text: string): unknown {
  if (text.includes("\0")) throw new Error("input json contains interior NUL bytes");
  try {
    return parseExact(text);
  } catch (error) {
    throw wrong(messageOf(error), text.length);
  }
}

function wrong(reason: string, end: number): Error {
  return new Error(`failed to parse input_json: ${reason} at line 1 column ${end}`);
}
