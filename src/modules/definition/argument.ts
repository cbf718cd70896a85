/**
 * Descriptors of arguments (host-modules.md §4): what a function takes, checked before its handler runs, and what its
 * manifest says.
 * @module
 */
import type { LuaValue } from "../../lua/interface.ts";
import { deepFreeze } from "./brand.ts";
import type { Argument, ArgumentKind, FunctionHandle, LuaType } from "./interface.ts";
import { shapeOf, type TypeShape, t } from "./type-shapes.ts";

/** Before `.opt()` has been said. */
export interface RequiredArgument<out T> extends Argument<T> {
  /** nil or absent gives undefined, or the default. */
  opt(): Argument<T | undefined>;
  opt<D extends T>(fallback: D): Argument<T>;
}

/** The last parameter: all that follow. */
export interface RestArgument<out T> extends Argument<readonly T[]> {
  readonly kind: "rest";
}

/** What the handler of `params` gets after `call`. */
export type ArgumentValues<P extends readonly Argument[]> = P extends readonly [
  ...infer Head extends readonly Argument[],
  RestArgument<infer R>,
]
  ? [...Values<Head>, ...R[]]
  : Values<P>;
type Values<P extends readonly Argument[]> = { -readonly [K in keyof P]: P[K] extends Argument<infer T> ? T : never };

type RecordValue<F extends Readonly<Record<string, Argument>>> = {
  readonly [K in keyof F]: F[K] extends Argument<infer T> ? T : never;
};

interface Plan {
  readonly type?: LuaType;
  readonly fields?: Readonly<Record<string, Argument>>;
  readonly element?: Argument;
}

function make<T>(kind: ArgumentKind, name: string, shape: TypeShape, plan: Plan = {}): RequiredArgument<T> {
  const base = { kind, name, shape, ...plan };
  return deepFreeze({
    ...base,
    optional: false,
    fallback: undefined,
    opt: (fallback?: T) => deepFreeze({ ...base, optional: true, fallback }),
  }) as RequiredArgument<T>;
}

/** Lua tables: a sequence arrives as an array, everything else as an object with string keys. */
export type LuaTable = readonly LuaValue[] | { readonly [key: string]: LuaValue };

/**
 * What a function takes. Names are for messages and manifests; in a record the key is the name.
 *
 * @example
 * params: [arg.string("place"), arg.record({ exact: arg.boolean() }).opt(), arg.rest(arg.number())]
 */
export const arg = deepFreeze({
  /** A string, or a number as Lua writes it. What is no UTF-8 arrives as a `Uint8Array`: take `bytes` where that matters. */
  string: (name = "") => make<string>("string", name, t.string),
  /** A string as its bytes. */
  bytes: (name = "") => make<Uint8Array>("bytes", name, t.string),
  /** An integer, or a float with an integral value; beyond 2^53 a bigint would lose nothing, so it is refused here. */
  int: (name = "") => make<number>("integer", name, t.integer),
  /** A number, or a string that Lua reads as one. */
  number: (name = "") => make<number>("number", name, t.number),
  boolean: (name = "") => make<boolean>("boolean", name, t.boolean),
  table: (name = "") => make<LuaTable>("table", name, t.table),
  /** A function, for functions that wait and for Lua halves: `await call.invoke(handle, …)`. */
  func: (name = "") => make<FunctionHandle>("func", name, t.func()),
  /** Userdata of a type made with `defineType`. */
  type: <T extends object>(type: LuaType<T>, name = "") => make<T>("object", name, type.shape, { type }),
  /** Anything but an absent argument. */
  any: (name = "") => make<LuaValue>("any", name, t.any),
  record: <const F extends Readonly<Record<string, Argument>>>(fields: F, name = "") =>
    make<RecordValue<F>>(
      "record",
      name,
      t.record(
        Object.fromEntries(
          Object.entries(fields).map(([key, field]) => [key, field.optional ? t.optional(field.shape) : field.shape]),
        ),
      ),
      { fields },
    ),
  rest: <T>(element: Argument<T>): RestArgument<T> =>
    deepFreeze({
      kind: "rest",
      name: "...",
      optional: true,
      fallback: undefined,
      element,
      shape: shapeOf(element.shape),
    }) as RestArgument<T>,
});
