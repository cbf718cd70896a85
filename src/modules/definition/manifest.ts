/**
 * Type manifests: the signatures of a module for editors and documents (host-modules.md §6).
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
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
