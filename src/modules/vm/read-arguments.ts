/**
 * Reads and checks the arguments of a call (host-modules.md §4), with the exact texts.
 * @module
 */
import { luaFloatText } from "../../base/text/number-text.ts";
import { type LuaReader, type LuaValue, LuaValueError } from "../../lua/interface.ts";
import type { Argument, FunctionHandle, LuaType } from "../definition/interface.ts";
import { luaError } from "../definition/module-error.ts";
import { Handle } from "./handle.ts";
import type { ObjectTable } from "./object-table.ts";
import type { ValueCodec } from "./value-codec.ts";

/** A wrong argument; the message is what Lua sees. */
export class ArgumentMistake extends Error {
  override readonly name = "ArgumentMistake";

  constructor(
    message: string,
    /** It is no argument that is wrong but what the method was called on. */
    readonly ofReceiver = false,
  ) {
    super(message);
  }
}

/** Userdata hides where plain data is read: Lua is asked to pass it once more, with what stands for it. */
export class NeedsPacking extends Error {
  override readonly name = "NeedsPacking";
}

export class ArgumentReader {
  constructor(
    private args: LuaReader,
    /** For messages. */
    private readonly functionName: string,
    private readonly objects: ObjectTable,
    /** When values were packed by Lua. */
    private codec: ValueCodec | undefined,
    /** A method: the first argument is the receiver, position 0 of messages. */
    private readonly method = false,
  ) {}

  /** For the next call of the same function, whose last one is over. */
  reopen(args: LuaReader, codec: ValueCodec | undefined): this {
    this.args = args;
    this.codec = codec;
    return this;
  }

  get count(): number {
    return this.method ? this.args.count - 1 : this.args.count;
  }

  isNil(position: number): boolean {
    return this.args.type(this.#at(position)) === "nil";
  }

  /** `receiver`: of a method, which comes first. */
  all(params: readonly Argument[], receiver?: LuaType): unknown[] {
    const values: unknown[] = receiver ? [this.receiver(receiver)] : [];
    for (let index = 0; index < params.length; index++) {
      const param = params[index] as Argument;
      const position = index + 1;
      if (param.kind === "rest" && param.element) {
        const { element } = param;
        for (let at = position; at <= this.count; at++) {
          values.push(
            element.kind === "object" ? this.object(at, element.type as LuaType, false) : this.read(element, at),
          );
        }
      } else {
        values.push(this.read(param, position));
      }
    }
    return values;
  }

  /** The receiver of a method. @throws ArgumentMistake `calling 'x' on bad self …` */
  receiver(type: LuaType): object {
    const found = this.args.type(1) === "integer" ? this.objects.ofType(this.args.number(1), type) : undefined;
    if (found) return found;
    const got = this.args.count === 0 ? "no value" : this.#got(1);
    throw new ArgumentMistake(`calling '${this.functionName}' on bad self (${type.name} expected, got ${got})`, true);
  }

  read(param: Argument, position: number): unknown {
    if (param.optional && this.isNil(position)) return param.fallback;
    switch (param.kind) {
      case "string":
        return this.string(position);
      case "bytes":
        return this.bytes(position);
      case "integer":
        return this.integer(position);
      case "number":
        return this.number(position);
      case "boolean":
        return this.boolean(position);
      case "table":
        return this.table(position);
      case "record":
        return this.#record(param, position);
      case "object":
        return this.object(position, param.type as LuaType, true);
      case "func":
        return this.#func(position);
      default:
        return this.any(position);
    }
  }

  string(position: number): string {
    const at = this.#at(position);
    const type = this.args.type(at);
    if (type === "string") return this.args.text(at) ?? (this.args.bytes(at) as unknown as string);
    if (type === "integer" || type === "number") return numberText(this.args.value(at));
    throw this.#expected(position, "string");
  }

  bytes(position: number): Uint8Array {
    const at = this.#at(position);
    if (this.args.type(at) === "string") return this.args.bytes(at);
    return new TextEncoder().encode(this.string(position));
  }

  integer(position: number): number {
    const at = this.#at(position);
    const type = this.args.type(at);
    if (type !== "integer" && type !== "number") throw this.#expected(position, "number");
    const value = this.args.number(at);
    if (type === "number" || !Number.isSafeInteger(value)) {
      throw this.#mistake(position, "number has no integer representation");
    }
    return value;
  }

  number(position: number): number {
    const at = this.#at(position);
    const direct = this.args.number(at);
    // NaN is a number, too, and what is none.
    if (!Number.isNaN(direct)) return direct;
    const type = this.args.type(at);
    if (type === "number") return direct;
    const read = type === "string" ? numeric(this.args.text(at) ?? "") : undefined;
    if (read === undefined) throw this.#expected(position, "number");
    return read;
  }

  boolean(position: number): boolean {
    const at = this.#at(position);
    if (this.args.type(at) !== "boolean") throw this.#expected(position, "boolean");
    return this.args.boolean(at);
  }

  table(position: number): LuaValue {
    if (this.args.type(this.#at(position)) !== "table") throw this.#expected(position, "table");
    return this.#value(position);
  }

  any(position: number): LuaValue {
    if (position > this.count) throw this.#mistake(position, "value expected");
    return this.#value(position);
  }

  /** All that came, as data where it is some, for logs. @throws NeedsPacking */
  everything(): LuaValue[] {
    return Array.from({ length: this.count }, (_, index) => {
      try {
        return this.any(index + 1);
      } catch (thrown) {
        if (!(thrown instanceof ArgumentMistake)) throw thrown;
        return this.args.type(this.#at(index + 1));
      }
    });
  }

  /** `referenced`: Lua passes its number already, or the name of what it is instead. */
  object(position: number, type: LuaType, referenced: boolean): object {
    const at = this.#at(position);
    if (referenced) {
      const found = this.args.type(at) === "integer" ? this.objects.ofType(this.args.number(at), type) : undefined;
      if (found) return found;
      throw this.#mistake(position, `${type.name} expected, got ${position > this.count ? "no value" : this.#got(at)}`);
    }
    if (this.args.type(at) === "userdata") throw new NeedsPacking("userdata");
    const value: unknown = this.codec?.decode(this.args.value(at));
    if (type.of !== undefined && value instanceof type.of) return value;
    throw this.#expected(position, type.name);
  }

  /** For functions without parameters of their own. */
  func(position: number): FunctionHandle {
    const at = this.#at(position);
    const given: unknown = this.args.type(at) === "table" ? this.#value(position) : undefined;
    if (given instanceof Handle) return given as unknown as FunctionHandle;
    throw this.#expected(position, "function");
  }

  #func(position: number): FunctionHandle {
    const at = this.#at(position);
    if (this.args.type(at) === "integer") return new Handle(this.args.number(at)) as unknown as FunctionHandle;
    throw this.#mistake(position, `function expected, got ${position > this.count ? "no value" : this.#got(at)}`);
  }

  #record(param: Argument, position: number): unknown {
    const table = this.table(position);
    // An empty Lua table arrives as an empty array.
    const source = (Array.isArray(table) ? {} : table) as Readonly<Record<string, LuaValue>>;
    const out: Record<string, unknown> = {};
    for (const [key, field] of Object.entries(param.fields ?? {})) {
      out[key] = this.#field(source[key], field, key, position);
    }
    return out;
  }

  #field(value: unknown, field: Argument, path: string, position: number): unknown {
    if (value === undefined || value === null) {
      if (field.optional) return field.fallback;
      throw this.#mistake(position, `field '${path}': ${wordOf(field)} expected, got nil`);
    }
    const fail = () => this.#mistake(position, `field '${path}': ${wordOf(field)} expected, got ${typeWord(value)}`);
    switch (field.kind) {
      case "string":
        if (typeof value === "number" || typeof value === "bigint") return String(value);
        if (typeof value !== "string" && !(value instanceof Uint8Array)) throw fail();
        return value;
      case "bytes":
        if (value instanceof Uint8Array) return value;
        if (typeof value !== "string") throw fail();
        return new TextEncoder().encode(value);
      case "integer":
        if (typeof value !== "number" && typeof value !== "bigint") throw fail();
        if (!Number.isSafeInteger(value)) {
          throw this.#mistake(position, `field '${path}': number has no integer representation`);
        }
        return value;
      case "number": {
        const read = typeof value === "string" ? numeric(value) : value;
        if (typeof read !== "number" && typeof read !== "bigint") throw fail();
        return Number(read);
      }
      case "boolean":
        if (typeof value !== "boolean") throw fail();
        return value;
      case "object":
        if (field.type?.of === undefined || !(value instanceof field.type.of)) throw fail();
        return value;
      case "table":
        if (typeof value !== "object" || value instanceof Uint8Array) throw fail();
        return value;
      case "record": {
        if (typeof value !== "object" || value instanceof Uint8Array) throw fail();
        const source = (Array.isArray(value) ? {} : value) as Readonly<Record<string, unknown>>;
        return Object.fromEntries(
          Object.entries(field.fields ?? {}).map(([key, inner]) => [
            key,
            this.#field(source[key], inner, `${path}.${key}`, position),
          ]),
        );
      }
      default:
        return value;
    }
  }

  /** @throws NeedsPacking, ArgumentMistake, LuaError */
  #value(position: number): LuaValue {
    try {
      const value = this.args.value(this.#at(position));
      return this.codec ? this.codec.decode(value) : value;
    } catch (thrown) {
      if (!(thrown instanceof LuaValueError)) throw thrown;
      if (thrown.what === "cycle") throw luaError("recursive table", { kind: "Invalid", retryable: false });
      if (thrown.what === "userdata" && !this.codec) throw new NeedsPacking(thrown.message);
      throw this.#mistake(position, thrown.message);
    }
  }

  #at(position: number): number {
    return this.method ? position + 1 : position;
  }

  #expected(position: number, wanted: string): ArgumentMistake {
    const got = position > this.count ? "no value" : this.args.type(this.#at(position));
    return this.#mistake(position, `${wanted} expected, got ${got === "integer" ? "number" : got}`);
  }

  #mistake(position: number, text: string): ArgumentMistake {
    return new ArgumentMistake(`bad argument #${position} to '${this.functionName}' (${text})`);
  }

  /** What stands where a reference or a function should: its name, or the type of another object. */
  #got(at: number): string {
    const type = this.args.type(at);
    if (type === "integer") return this.objects.nameOf(this.args.number(at));
    return type === "string" ? (this.args.text(at) ?? type) : type;
  }
}

const words: Partial<Record<Argument["kind"], string>> = {
  bytes: "string",
  integer: "number",
  record: "table",
  any: "value",
};

function wordOf(field: Argument): string {
  return field.kind === "object" ? (field.type?.name ?? "userdata") : (words[field.kind] ?? field.kind);
}

function typeWord(value: unknown): string {
  if (value instanceof Uint8Array) return "string";
  return typeof value === "object" ? "table" : typeof value === "bigint" ? "number" : typeof value;
}

/** A number as Lua writes it. */
function numberText(value: LuaValue): string {
  return typeof value !== "number" || Number.isSafeInteger(value) ? String(value) : luaFloatText(value);
}

/** A number as Lua reads it out of a text. */
function numeric(text: string): number | undefined {
  const trimmed = text.trim();
  if (!/^[-+]?(?:0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)$/.test(trimmed)) return undefined;
  const negative = trimmed.startsWith("-");
  const value = Number(trimmed.replace(/^[-+]/, ""));
  return negative ? -value : value;
}
