import { members } from "../../../base/values/members.ts";
import { charge } from "../../../base/work.ts";
import { expressionError } from "./lexer.ts";

const comparisonUnits = 5;

const typeName = (value: unknown): string =>
  value === null || value === undefined ? "nil" : Array.isArray(value) ? "a list" : `a ${typeof value}`;

export function numberOf(value: unknown, what: string): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  throw expressionError(`${what} takes numbers, got ${typeName(value)}`);
}

export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  throw expressionError(`a text is expected, got ${typeName(value)}`);
}

export function listOf(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw expressionError(`${what} takes a list, got ${typeName(value)}`);
}

export function mapOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  // An empty Lua table arrives as an empty list.
  if (Array.isArray(value) && value.length === 0) return {};
  throw expressionError(`${what} takes a map, got ${typeName(value)}`);
}

export function at(of: unknown, key: unknown): unknown {
  // An empty Lua table arrives as an empty list.
  const noMap = Array.isArray(of) && (of.length > 0 || typeof key === "number");
  if (noMap || typeof of === "string") {
    const index = numberOf(key, "an index");
    const place = index < 0 ? of.length + index : index;
    if (place >= of.length || place < 0) throw expressionError(`index out of range: ${index} (length ${of.length})`);
    return of[place];
  }
  if (of === null || of === undefined) throw expressionError(`cannot fetch ${String(key)} from nil`);
  const map = mapOf(of, "a member");
  const name = textOf(key);
  return Object.hasOwn(map, name) ? map[name] : null;
}

export function contains(of: unknown, value: unknown): boolean {
  if (Array.isArray(of)) return of.some((each) => equal(each, value));
  return Object.hasOwn(mapOf(of, "in"), textOf(value));
}

export function equal(a: unknown, b: unknown): boolean {
  charge(comparisonUnits);
  if ((a ?? null) === (b ?? null)) return true;
  if (typeof a === "bigint" || typeof b === "bigint") return Number(a) === Number(b);
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((each, i) => equal(each, b[i]));
  const right = b as Readonly<Record<string, unknown>>;
  let left = Object.keys(right).length;
  for (const [key, value] of members(a as Readonly<Record<string, unknown>>)) {
    if (--left < 0 || !Object.hasOwn(right, key) || !equal(value, right[key])) return false;
  }
  return left === 0;
}
