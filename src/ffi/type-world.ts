/**
 * What one Lua VM has declared, as its Lua half asks for it: types have handles there.
 * @module
 */
import type { LuaValue } from "../lua/interface.ts";
import type { Parameter } from "./c/lexer.ts";
import { declare, parseType } from "./c/parser.ts";
import { TypeTable, useKey } from "./c/type-table.ts";
import { alignOf, type Qualified, sizeOf, typeName } from "./c/types.ts";

/** A parameter from Lua: a type as `[handle]`, a name or a number. */
export type LuaParameter = string | number | readonly [number];

export class TypeWorld {
  readonly #table = new TypeTable();
  readonly #uses: Qualified[] = [];
  readonly #handles = new Map<string, number>();

  /** @throws CdefError */
  declare(text: string, parameters: readonly LuaParameter[]): void {
    declare(this.#table, text, this.#given(parameters));
  }

  /** @throws CdefError */
  parse(text: string, parameters: readonly LuaParameter[]): number {
    return this.handle(parseType(this.#table, text, this.#given(parameters)));
  }

  handle(use: Qualified): number {
    const key = useKey(use);
    let handle = this.#handles.get(key);
    if (handle === undefined) {
      handle = this.#uses.push(use);
      this.#handles.set(key, handle);
    }
    return handle;
  }

  use(handle: number): Qualified {
    const found = this.#uses[handle - 1];
    if (found === undefined) throw new RangeError(`no C type has the handle ${handle}`);
    return found;
  }

  pointerTo(handle: number): number {
    return this.handle(this.#table.pointer(this.use(handle)));
  }

  referenceTo(handle: number): number {
    return this.handle(this.#table.reference(this.use(handle)));
  }

  /** A function, a variable or a constant; undefined when it is not declared. */
  symbol(name: string): LuaValue {
    const found = this.#table.name(name);
    if (found?.kind === "constant") return { v: found.isUnsigned ? found.value >>> 0 : found.value };
    if (found?.kind === "external") return { h: this.handle(found.of), name, symbol: found.symbol };
    return undefined;
  }

  /** Short keys: the Lua half reads them all the time (lua/cdata.lua). An incomplete type must be asked for again. */
  describe(handle: number): LuaValue {
    const use = this.use(handle);
    const { type } = use;
    const common = {
      k: type.kind,
      n: typeName(use),
      s: sizeOf(type),
      a: alignOf(use),
      c: use.isConst || undefined,
      b: this.handle({ type, isConst: false, isVolatile: false }),
    };
    switch (type.kind) {
      case "int":
      case "bool":
      case "float":
        return { ...common, u: type.isUnsigned || undefined };
      case "enum":
        if (type.constants === undefined) return { ...common, incomplete: true };
        return {
          ...common,
          u: type.isUnsigned || undefined,
          x: constants(type.constants),
          m: constants(type.constants),
        };
      case "pointer":
      case "reference":
        return { ...common, e: this.handle(type.to) };
      case "array":
        return {
          ...common,
          e: this.handle(use.isConst ? { ...type.of, isConst: true } : type.of),
          l: type.count,
          va: type.isVariable || undefined,
        };
      case "vector":
        return { ...common, e: this.handle(type.of), l: type.size / (sizeOf(type.of.type) ?? 1) };
      case "function":
        return {
          ...common,
          r: this.handle(type.returns),
          p: type.parameters.map((each) => this.handle(each)),
          variadic: type.isVariadic || undefined,
        };
      case "struct":
      case "union":
        return { ...common, ...this.#record(use) };
      default:
        return common;
    }
  }

  #record({ type }: Qualified): { readonly [key: string]: LuaValue } {
    if (type.kind !== "struct" && type.kind !== "union") return {};
    const { layout } = type;
    if (layout === undefined) return { incomplete: true };
    const last = layout.members.at(-1)?.of.type;
    return {
      f: layout.members.map(({ name, of, offset }) => ({ n: name, o: offset, h: this.handle(of) })),
      x: constants(layout.constants),
      ...(layout.isVariable && last?.kind === "array" ? { vs: layout.size, ve: this.handle(last.of) } : {}),
    };
  }

  #given(parameters: readonly LuaParameter[]): readonly Parameter[] {
    return parameters.map((each) => (typeof each === "object" ? this.use(each[0]) : each));
  }
}

function constants(map: ReadonlyMap<string, number> | undefined): LuaValue {
  return Object.assign(Object.create(null), Object.fromEntries(map ?? []));
}
