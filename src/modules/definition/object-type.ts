/**
 * `defineType`: JavaScript objects that Lua holds as userdata, with methods and metamethods (host-modules.md §7). Only a
 * number crosses; the object stays here.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { LuaValue } from "../../lua/interface.ts";
import { deepFreeze, hasBrand, typeBrand } from "./brand.ts";
import type { Call, LuaType, ModuleFunction, ModuleValue, Results } from "./interface.ts";
import { fn, isModuleFunction } from "./module-function.ts";
import { shapeOf, type TypeLike, type TypeShape, t } from "./type-shapes.ts";

export const metamethodNames = [
  "__tostring",
  "__eq",
  "__lt",
  "__le",
  "__len",
  "__concat",
  "__add",
  "__sub",
  "__mul",
  "__div",
  "__mod",
  "__pow",
  "__unm",
  "__idiv",
  "__call",
  "__index",
  "__close",
  "__gc",
] as const;
export type MetamethodName = (typeof metamethodNames)[number];

type Metamethod<T> = (call: Call, self: T, ...others: never[]) => ModuleValue | Results;

export interface TypeOptions<T extends object> {
  /** The class whose instances become userdata of this type. */
  readonly of: abstract new (
    ...args: never[]
  ) => T;
  readonly description?: string;
  /** `fn`s whose handler gets the receiver first; they may wait. */
  readonly methods?: Readonly<Record<string, ModuleFunction>>;
  /** Synchronous. The operands of binary ones are what Lua gave, userdata as their objects. */
  readonly metamethods?: Readonly<Partial<Record<MetamethodName, Metamethod<T>>>>;
  /** Members of the instance that Lua may read, with their types: `place.name`. */
  readonly fields?: Readonly<Partial<Record<keyof T & string, TypeLike>>>;
  /** Called once: when Lua drops the value, closes it, or at the end of the run. */
  readonly dispose?: (self: T) => void;
  /** How it looks in results for the host and in record logs. */
  readonly toJSON?: (self: T) => LuaValue;
}

export interface NamedTypeOptions<T extends object> extends TypeOptions<T> {
  readonly name: string;
}

const members = new Set<string>([
  "of",
  "description",
  "methods",
  "metamethods",
  "fields",
  "dispose",
  "toJSON",
] satisfies readonly (keyof TypeOptions<object>)[]);

/**
 * A type of userdata. The name may stand among the options.
 *
 * @example
 * const PlaceType = defineType("geo.Place", {
 *   of: Place,
 *   methods: { latitude: fn({ returns: [t.number], run: (_call, self: Place) => self.lat }) },
 * });
 *
 * @throws LuaSkillsError `invalid_argument` naming the member
 */
export function defineType<T extends object>(options: NamedTypeOptions<T>): LuaType<T>;
export function defineType<T extends object>(name: string, options: TypeOptions<T>): LuaType<T>;
export function defineType<T extends object>(given: string | NamedTypeOptions<T>, more?: TypeOptions<T>): LuaType<T> {
  if (typeof given === "object") {
    const { name, ...options } = given;
    return typeOf(name, options);
  }
  if (!more) throw refused(`defineType ${JSON.stringify(given)}: the options are missing`);
  return typeOf(given, more);
}

function typeOf<T extends object>(name: string, options: TypeOptions<T>): LuaType<T> {
  if (typeof name !== "string" || !/^[a-z][a-z0-9_]*\.[A-Z]\w*$/.test(name)) {
    throw refused(`defineType: the name must be "<module>.<Type>" such as "geo.Place", got ${JSON.stringify(name)}`);
  }
  const unknown = Object.keys(options).find((each) => !members.has(each));
  if (unknown !== undefined) {
    throw refused(`defineType ${name}: unknown member "${unknown}"; known: ${[...members].join(", ")}`);
  }
  const { of, description, methods = {}, metamethods = {}, dispose, toJSON } = options;
  if (typeof of !== "function") throw refused(`defineType ${name}: of must be a class, got ${typeof of}`);
  for (const [key, method] of Object.entries(methods)) {
    if (!isModuleFunction(method)) throw refused(`defineType ${name}: the method "${key}" must be made with fn(...)`);
  }
  const fields = fieldShapes(options.fields ?? {});
  const both = Object.keys(fields).find((each) => Object.hasOwn(methods, each));
  if (both !== undefined) throw refused(`defineType ${name}: "${both}" is a method and a field`);
  const meta: Partial<Record<MetamethodName, ModuleFunction>> = {};
  for (const [key, run] of Object.entries(metamethods)) {
    const known = metamethodNames.find((each) => each === key);
    if (!known) throw refused(`defineType ${name}: "${key}" is not a metamethod it can have`);
    meta[known] = fn({ waits: false, run: run as never });
  }
  if (Object.keys(fields).length > 0) {
    const run = reading(fields, metamethods.__index as Metamethod<T> | undefined);
    meta.__index = fn({ waits: false, run: run as never });
  }
  return Object.freeze({
    [typeBrand]: true as const,
    name,
    description,
    of,
    methods: Object.freeze({ ...methods }),
    metamethods: Object.freeze(meta),
    ...(dispose === undefined ? {} : { dispose }),
    ...(toJSON === undefined ? {} : { toJSON }),
    shape: t.interface(name, methodShapes(methods), description, fields),
  });
}

type Fields = Readonly<Record<string, TypeShape>>;

function fieldShapes(fields: Readonly<Record<string, TypeLike | undefined>>): Fields {
  return Object.fromEntries(Object.entries(fields).flatMap(([key, type]) => (type ? [[key, shapeOf(type)]] : [])));
}

/** `__index` of a type with fields; `computed` answers for any other name. */
function reading<T extends object>(fields: Fields, computed: Metamethod<T> | undefined): Metamethod<T> {
  return (call, self, ...[key]: unknown[]) => {
    if (typeof key === "string" && Object.hasOwn(fields, key)) return self[key as keyof T] as ModuleValue;
    return computed?.(call, self, ...([key] as never[])) ?? null;
  };
}

export function isLuaType(value: unknown): value is LuaType {
  return hasBrand(value, typeBrand);
}

function methodShapes(methods: Readonly<Record<string, ModuleFunction>>) {
  return Object.fromEntries(
    Object.entries(methods).map(([key, method]) => [key, functionShape(method, [{ name: "self", type: t.self }])]),
  );
}

/** A function as its manifest shows it. */
export function functionShape(
  { params, returns, description, waits }: ModuleFunction,
  before: ReadonlyArray<{ readonly name: string; readonly type: TypeShape }> = [],
) {
  const rest = params.find((each) => each.kind === "rest");
  const named = params.filter((each) => each.kind !== "rest");
  return deepFreeze({
    is: "function" as const,
    params: [
      ...before.map((each) => ({ ...each, optional: false })),
      ...named.map((each, index) => ({
        name: each.name === "" ? `arg${index + 1}` : each.name,
        type: each.shape,
        optional: each.optional,
      })),
    ],
    ...(rest === undefined ? {} : { rest: rest.shape }),
    returns,
    ...(description === undefined ? {} : { description }),
    waits,
  });
}

const refused = (message: string) => new LuaSkillsError("invalid_argument", message);
