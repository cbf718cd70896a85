/**
 * Type manifests: the signatures of a module for editors and documents (host-modules.md §6).
 * @module
 */
import { LuaSkillsError } from "../errors.ts";
import type { ModuleDef } from "./module-definition.ts";
import { isModuleFunction } from "./module-function.ts";
import { functionShape, isLuaType, type LuaType } from "./object-type.ts";
import { shapeOf, type TypeLike, type TypeShape, t } from "./type-shapes.ts";

/** Built by hand, or inferred from a definition with {@link manifestOf}. */
export class Manifest {
  readonly #types = new Map<string, TypeShape>();
  #export: TypeShape = t.any;

  constructor(readonly module: string) {}

  /** A type of the module: `defineType("Place", t.interface(…))` is `<module>.Place`. @throws LuaSkillsError `invalid_argument` when the name is taken by another type */
  defineType(name: string, type: TypeLike): this {
    const full = name.includes(".") ? name : `${this.module}.${name}`;
    const shape = shapeOf(type);
    const known = this.#types.get(full);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(shape)) {
      throw new LuaSkillsError("invalid_argument", `the manifest of "${this.module}" defines the type ${full} twice`);
    }
    this.#types.set(full, shape);
    return this;
  }

  setExport(type: TypeLike): this {
    this.#export = shapeOf(type);
    return this;
  }

  get types(): ReadonlyMap<string, TypeShape> {
    return this.#types;
  }

  get exported(): TypeShape {
    return this.#export;
  }

  /** Stable JSON: the same manifest gives the same bytes. */
  encode(): string {
    const types = Object.fromEntries([...this.#types].sort(([a], [b]) => (a < b ? -1 : 1)));
    return JSON.stringify(sorted({ module: this.module, types, export: this.#export }));
  }

  /** FNV-1a over {@link encode}, 16 hex digits: tells two versions apart, proves nothing. */
  get hash(): string {
    let hash = 0xcbf29ce484222325n;
    for (const byte of new TextEncoder().encode(this.encode())) {
      hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
    }
    return hash.toString(16).padStart(16, "0");
  }
}

export function manifest(module: string): Manifest {
  return new Manifest(module);
}

const asked = new WeakMap<ModuleDef, readonly LuaType[] | Manifest>();

/** What `types` of a definition says; a function there is asked at most once. */
export function typesOf(module: ModuleDef): readonly LuaType[] | Manifest {
  let known = asked.get(module);
  if (known === undefined) {
    const { types = [] } = module;
    known = typeof types === "function" ? types() : types;
    asked.set(module, known);
  }
  return known;
}

/** The manifest of a definition: its own, or what its functions, types and constants say. */
export function manifestOf(module: ModuleDef): Manifest {
  const types = typesOf(module);
  if (types instanceof Manifest) return types;
  const out = new Manifest(module.name);
  for (const type of types) if (isLuaType(type)) out.defineType(type.name, type.shape);
  const methods = Object.fromEntries(
    Object.entries(module.functions ?? {})
      .filter(([, each]) => isModuleFunction(each))
      .map(([name, each]) => [name, functionShape(each)]),
  );
  const own = t.interface(module.name, methods, module.description);
  const constants = Object.entries(module.constants ?? {});
  if (constants.length === 0) return out.setExport(own);
  return out.setExport(
    t.intersection(own, t.record(Object.fromEntries(constants.map(([name, value]) => [name, typeOfValue(value)])))),
  );
}

function typeOfValue(value: unknown): TypeShape {
  if (typeof value === "bigint" || Number.isInteger(value)) return t.integer;
  if (typeof value === "number") return t.number;
  if (typeof value === "string" || value instanceof Uint8Array) return t.string;
  if (typeof value === "boolean") return t.boolean;
  if (Array.isArray(value)) return t.array(value.length === 0 ? t.any : typeOfValue(value[0]));
  if (typeof value !== "object" || value === null) return t.nil;
  return t.record(Object.fromEntries(Object.entries(value).map(([key, member]) => [key, typeOfValue(member)])));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}
