/**
 * The types of a manifest (host-modules.md §6): what editors and documents say about values. They change nothing at run
 * time.
 * @module
 */
import { deepFreeze } from "./brand.ts";

export type TypeShape =
  | { readonly is: "string" | "number" | "integer" | "boolean" | "any" | "nil" | "luaError" | "self" | "table" }
  | { readonly is: "optional" | "array"; readonly of: TypeShape }
  | { readonly is: "map"; readonly key: TypeShape; readonly value: TypeShape }
  | { readonly is: "union" | "intersection"; readonly of: readonly TypeShape[] }
  | { readonly is: "literal"; readonly value: string | number | boolean }
  | { readonly is: "record"; readonly fields: Readonly<Record<string, TypeShape>> }
  | { readonly is: "named"; readonly name: string }
  | {
      readonly is: "interface";
      readonly name: string;
      readonly methods: Readonly<Record<string, FunctionShape>>;
      /** Readable members. */
      readonly fields?: Readonly<Record<string, TypeShape>>;
      readonly description?: string | undefined;
    }
  | FunctionShape;

export interface ParameterShape {
  readonly name: string;
  readonly type: TypeShape;
  readonly optional: boolean;
}

export interface FunctionShape {
  readonly is: "function";
  readonly params: readonly ParameterShape[];
  readonly rest?: TypeShape | undefined;
  readonly returns: readonly TypeShape[];
  readonly description?: string | undefined;
  readonly waits: boolean;
}

export interface FunctionShapeOptions {
  /** Types of the parameters, or `[name, type]` pairs. */
  readonly params?: ReadonlyArray<TypeLike | readonly [name: string, type: TypeLike]>;
  readonly rest?: TypeLike;
  readonly returns?: readonly TypeLike[];
  readonly description?: string;
  /** It looks synchronous to Lua, but may wait for the host. */
  readonly waits?: boolean;
}

/** A shape, or something that has a name as a type: what `defineType` made. */
export type TypeLike = TypeShape | { readonly shape: TypeShape };

export function shapeOf(type: TypeLike): TypeShape {
  return "shape" in type ? type.shape : type;
}

const shapesOf = (types: Readonly<Record<string, TypeLike>>): Readonly<Record<string, TypeShape>> =>
  Object.fromEntries(Object.entries(types).map(([key, type]) => [key, shapeOf(type)]));

const optional = (of: TypeLike): TypeShape => deepFreeze({ is: "optional", of: shapeOf(of) });
const func = (options: FunctionShapeOptions = {}): FunctionShape =>
  deepFreeze({
    is: "function",
    params: (options.params ?? []).map((each, index) => {
      const [name, type] = isPair(each) ? each : [`arg${index + 1}`, each];
      const shape = shapeOf(type);
      return { name, type: shape.is === "optional" ? shape.of : shape, optional: shape.is === "optional" };
    }),
    ...(options.rest === undefined ? {} : { rest: shapeOf(options.rest) }),
    returns: (options.returns ?? []).map(shapeOf),
    ...(options.description === undefined ? {} : { description: options.description }),
    waits: options.waits ?? false,
  });

function isPair(each: TypeLike | readonly [string, TypeLike]): each is readonly [string, TypeLike] {
  return Array.isArray(each);
}

/** The types a manifest is made of. */
export const t = deepFreeze({
  string: { is: "string" } as TypeShape,
  number: { is: "number" } as TypeShape,
  integer: { is: "integer" } as TypeShape,
  boolean: { is: "boolean" } as TypeShape,
  any: { is: "any" } as TypeShape,
  nil: { is: "nil" } as TypeShape,
  table: { is: "table" } as TypeShape,
  self: { is: "self" } as TypeShape,
  luaError: { is: "luaError" } as TypeShape,
  optional,
  array: (of: TypeLike): TypeShape => deepFreeze({ is: "array", of: shapeOf(of) }),
  map: (key: TypeLike, value: TypeLike): TypeShape =>
    deepFreeze({ is: "map", key: shapeOf(key), value: shapeOf(value) }),
  union: (...of: TypeLike[]): TypeShape => deepFreeze({ is: "union", of: of.map(shapeOf) }),
  intersection: (...of: TypeLike[]): TypeShape => deepFreeze({ is: "intersection", of: of.map(shapeOf) }),
  literal: (value: string | number | boolean): TypeShape => deepFreeze({ is: "literal", value }),
  record: (fields: Readonly<Record<string, TypeLike>>): TypeShape =>
    deepFreeze({
      is: "record",
      fields: shapesOf(fields),
    }),
  named: (name: string): TypeShape => deepFreeze({ is: "named", name }),
  func,
  interface: (
    name: string,
    methods: Readonly<Record<string, FunctionShape>>,
    description?: string,
    fields: Readonly<Record<string, TypeLike>> = {},
  ): TypeShape =>
    deepFreeze({
      is: "interface",
      name,
      methods,
      description,
      ...(Object.keys(fields).length === 0 ? {} : { fields: shapesOf(fields) }),
    }),
});
