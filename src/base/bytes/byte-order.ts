/**
 * The native engine keeps names and free-form JSON objects in UTF-8 byte order (spec engine.md §0.4); so do we.
 * @module
 */
import type { Json, JsonObject } from "../../contract/contract.ts";

/** UTF-8 byte order, which is code point order; JavaScript's `<` differs from it only around surrogates. */
export function compareBytes(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const xSurrogate = x >= 0xd800 && x <= 0xdfff;
    const ySurrogate = y >= 0xd800 && y <= 0xdfff;
    if (xSurrogate !== ySurrogate) return xSurrogate ? 1 : -1;
    return x - y;
  }
  return a.length - b.length;
}

/** A copy whose objects have their keys in byte order at every level (integer-like keys excepted: JavaScript hoists them). */
export function sortedJson(value: Json): Json {
  if (Array.isArray(value)) return value.map(sortedJson);
  if (value === null || typeof value !== "object") return value;
  return sortedObject(Object.entries(value).map(([key, item]) => [key, sortedJson(item)]));
}

/** `Object.fromEntries` defines own properties, so a key named `__proto__` stays a plain key. */
export function sortedObject(entries: Array<[string, Json]>): JsonObject {
  return Object.fromEntries(entries.sort(([a], [b]) => compareBytes(a, b)));
}
