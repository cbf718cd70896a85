/**
 * What a handler answers as Lua values, and what Lua passes as a handler's values. Plain data crosses as it is; objects,
 * errors and immutable tables are stood for by tables with the VM's secret key (values.lua).
 * @module
 */
import { changed, members, objectOf } from "../../base/values/members.ts";
import { charge } from "../../base/work.ts";
import { LuaResults, type LuaValue } from "../../lua/interface.ts";
import { hasBrand, immutableBrand, nullBrand } from "../definition/brand.ts";
import type { Immutable, ModuleValue } from "../definition/interface.ts";
import type { LuaError } from "../definition/module-error.ts";
import { isLuaError, luaError } from "../definition/module-error.ts";
import { Handle } from "./handle.ts";
import type { ObjectTable } from "./object-table.ts";

/** What a value costs that is looked at. */
const valueUnits = 3;

/** A channel that a source feeds, before Lua has it. */
export class ChannelValue {
  constructor(
    readonly tag: number,
    readonly size: number,
  ) {}
}

export class ValueCodec {
  constructor(
    readonly secret: string,
    private readonly objects: ObjectTable,
    /** Levels of a value that the border lets through. */
    private readonly depth: number,
  ) {}

  /** @throws LuaError `Invalid` for what cannot become a Lua value */
  results(values: readonly ModuleValue[]): LuaResults {
    const encoder = new Encoder(this.secret, this.objects, this.depth);
    const encoded = values.map((value) => encoder.encode(value, 0));
    return new LuaResults(encoder.marked ? [this.secret, "values", ...encoded] : encoded);
  }

  /** More than plain values: Lua has to look at them (`finish` in values.lua). */
  marks({ values }: LuaResults): boolean {
    return values[0] === this.secret;
  }

  failure(error: LuaError, lead: LuaValue = null): LuaResults {
    return new LuaResults([this.secret, "values", lead, errorWire(this.secret, error)]);
  }

  raise(text: string): LuaResults {
    return new LuaResults([this.secret, "raise", text]);
  }

  pack(text: string): LuaResults {
    return new LuaResults([this.secret, "pack", text]);
  }

  /** What a handler was given as data: instances by the name of their type and what it says of them. */
  shown(value: unknown): LuaValue {
    if (value instanceof Handle) return "function";
    if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value as LuaValue;
    const type = this.objects.typeOf(value);
    if (type) return { type: type.name, value: type.toJSON?.(value) ?? null };
    if (Array.isArray(value)) return value.map((each) => this.shown(each));
    return changed(value as Table, (member) => this.shown(member));
  }

  encode(value: ModuleValue): LuaValue {
    return new Encoder(this.secret, this.objects, this.depth).encode(value, 0);
  }

  /** What `wire` of values.lua made, as a handler sees it. */
  decode(value: LuaValue): LuaValue {
    charge(valueUnits);
    if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
    if (Array.isArray(value)) return value.map((each) => this.decode(each));
    const table = value as Readonly<Record<string, LuaValue>>;
    const what = table[this.secret];
    if (what === "object") return this.objects.get(Number(table.id)) as unknown as LuaValue;
    if (what === "null") return null;
    if (what === "function") return new Handle(Number(table.id)) as unknown as LuaValue;
    if (what === "error") {
      const { message, kind, retryable, details } = table;
      return luaError(String(message), {
        kind: String(kind ?? ""),
        retryable: typeof retryable === "boolean" ? retryable : undefined,
        details: details as LuaError["details"],
      }) as unknown as LuaValue;
    }
    return changed(table, (member) => this.decode(member));
  }
}

function errorWire(secret: string, { message, kind, retryable, details }: LuaError): LuaValue {
  return {
    [secret]: "error",
    message,
    kind,
    ...(retryable === undefined ? {} : { retryable }),
    ...wireDetails(details),
  };
}

function wireDetails(details: LuaError["details"]): { readonly details?: LuaValue } {
  return details === undefined ? {} : { details: plain(details) };
}

type Table = Readonly<Record<string, LuaValue>>;

/** Details come from anywhere; what is no data is told as text. */
function plain(value: unknown, depth = 0): LuaValue {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
    case "bigint":
    case "undefined":
      return value;
    case "object":
      if (value === null || value instanceof Uint8Array) return value;
      if (depth > 50) return null;
      if (Array.isArray(value)) return value.map((each) => plain(each, depth + 1));
      return changed(value as Readonly<Record<string, unknown>>, (member) => plain(member, depth + 1));
    default:
      return String(value);
  }
}

class Encoder {
  marked = false;

  constructor(
    private readonly secret: string,
    private readonly objects: ObjectTable,
    private readonly most: number,
  ) {}

  encode(value: ModuleValue, depth: number): LuaValue {
    if (typeof value === "function" || typeof value === "symbol")
      throw refused(`a ${typeof value} cannot cross to Lua`);
    if (typeof value === "bigint" && BigInt.asIntN(64, value) !== value)
      throw refused(`the bigint ${value} cannot cross to Lua: it does not fit in 64 bits`);
    if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value as LuaValue;
    if (depth >= this.most) {
      throw refused(`recursive table, or one of more than ${this.most} levels (limits.valueDepth)`);
    }
    if (Array.isArray(value)) return this.#array(value, depth);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return this.#plain(value, depth);
    if (value instanceof ChannelValue) {
      return this.#mark({ [this.secret]: "channel", id: value.tag, size: value.size });
    }
    if (isLuaError(value)) return this.#mark(errorWire(this.secret, value));
    if (value instanceof Map) {
      return this.#plain(objectOf(named(value)), depth);
    }
    const type = this.objects.typeOf(value);
    if (type === undefined) {
      throw refused(
        `an instance of ${value.constructor?.name ?? "a class"} cannot cross to Lua; give its type to the module`,
      );
    }
    return this.#mark({ [this.secret]: "object", type: type.name, id: this.objects.idOf(value, type) });
  }

  #mark(value: LuaValue): LuaValue {
    this.marked = true;
    return value;
  }

  /** The array itself when nothing in it has to be changed. */
  #array(value: readonly ModuleValue[], depth: number): LuaValue {
    let copy: LuaValue[] | undefined;
    for (let i = 0; i < value.length; i++) {
      charge(valueUnits);
      const member = value[i] as ModuleValue;
      if ((typeof member !== "object" && typeof member !== "bigint") || member === null) continue;
      const encoded = this.encode(member, depth + 1);
      if (encoded === member) continue;
      copy ??= [...value] as LuaValue[];
      copy[i] = encoded;
    }
    return copy ?? (value as readonly LuaValue[]);
  }

  #plain(value: object, depth: number): LuaValue {
    if (hasBrand(value, nullBrand)) return this.#mark({ [this.secret]: "null" });
    if (hasBrand(value, immutableBrand)) {
      const { value: inner, [immutableBrand]: name } = value as Immutable;
      return this.#mark({ [this.secret]: "immutable", name, value: this.encode(inner, depth + 1) });
    }
    let copy: Record<string, LuaValue> | undefined;
    for (const [key, member] of members(value as Readonly<Record<string, ModuleValue>>)) {
      if ((typeof member !== "object" && typeof member !== "bigint") || member === null) continue;
      const encoded = this.encode(member, depth + 1);
      if (encoded === member) continue;
      copy ??= objectOf(members(value as Table));
      copy[key] = encoded;
    }
    return copy ?? (value as { readonly [key: string]: LuaValue });
  }
}

function* named(map: ReadonlyMap<unknown, ModuleValue>): Generator<readonly [name: string, value: ModuleValue]> {
  for (const [key, member] of map) yield [String(key), member];
}

const refused = (message: string) => luaError(message, { kind: "Invalid", retryable: false });
