/**
 * What a definition tells of itself: to checks, annotations and documentation alike.
 * @module
 */
import { oncePer } from "../../base/once-per.ts";
import type { LuaType } from "./interface.ts";
import { Manifest } from "./manifest.ts";
import type { ModuleDef } from "./module-definition.ts";
import { isModuleFunction } from "./module-function.ts";
import { functionShape, isLuaType } from "./object-type.ts";
import { type TypeShape, t } from "./type-shapes.ts";

/** What `types` of a definition says; a function there is asked at most once. */
export const typesOf = oncePer(({ types = [] }: ModuleDef): readonly LuaType[] | Manifest =>
  typeof types === "function" ? types() : types,
);

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
