/**
 * Values of programs that JavaScript keeps for them: copied and counted part by part, and paid for.
 * @module
 */
import { isObject } from "../is-object.ts";
import { charge } from "../work.ts";
import { mapped, members, objectOf } from "./members.ts";

const valueUnits = 10;
const bytesPerUnit = 64;
const valueBytes = 16;
const containerBytes = 64;

/** About what a value takes in memory: a letter counts two bytes, what is held twice counts twice. */
export function keptBytes(value: unknown): number {
  charge(valueUnits);
  if (typeof value === "string") return valueBytes + 2 * value.length;
  if (value instanceof Uint8Array) return containerBytes + value.byteLength;
  if (typeof value !== "object" || value === null) return valueBytes;
  let bytes = containerBytes;
  if (Array.isArray(value)) for (const each of value) bytes += keptBytes(each);
  else
    for (const [name, each] of members(value as Readonly<Record<string, unknown>>))
      bytes += keptBytes(name) + keptBytes(each);
  return bytes;
}

/** As structuredClone for data of Lua, which has no cycles. */
export function keptCopy<T>(value: T): T {
  charge(valueUnits);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) {
    charge(value.length / bytesPerUnit, value.length);
    return value.slice() as T & Uint8Array;
  }
  if (Array.isArray(value)) return value.map(keptCopy) as T & unknown[];
  if (!isPlain(value)) return structuredClone(value);
  return objectOf(mapped(value, keptCopy)) as T & object;
}

const isPlain = (value: object): value is Record<string, unknown> =>
  isObject(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value));
