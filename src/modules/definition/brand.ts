/**
 * Marks that survive copies of this package: a host's bundle and the engine's worker each carry their own, so what one
 * makes is recognised by the other through a registered symbol, never by `instanceof`.
 * @module
 */
export const moduleBrand = Symbol.for("luaskills-wasm/module");
export const functionBrand = Symbol.for("luaskills-wasm/module-function");
export const typeBrand = Symbol.for("luaskills-wasm/module-type");
export const errorBrand = Symbol.for("luaskills-wasm/module-error");
export const resultsBrand = Symbol.for("luaskills-wasm/module-results");
export const immutableBrand = Symbol.for("luaskills-wasm/module-immutable");
export const nullBrand = Symbol.for("luaskills-wasm/module-null");
export const yieldBrand = Symbol.for("luaskills-wasm/module-yield");

export function hasBrand(value: unknown, brand: symbol): boolean {
  return typeof value === "object" && value !== null && brand in value;
}

/** Freezes data through and through; functions and class instances stay as they are. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
  return value;
}
