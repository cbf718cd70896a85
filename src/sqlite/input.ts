/**
 * The table a skill gave, as JSON, and its fields (databases.md §7.1, §18).
 * @module
 */

import { members } from "../base/values/members.ts";
import { parseExact } from "../databases/exact-json.ts";

/** Fields by name; empty for an array, which then fails its field checks. */
export type Input = ReadonlyMap<string, unknown>;

/** Integers beyond 2^53 become bigints. */
export function parseInput(json: string): Input {
  const value = parseExact(json);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return new Map();
  return new Map(members(value as Readonly<Record<string, unknown>>));
}

/** @throws Error `missing or empty field …` */
export function requiredText(input: Input, field: string): string {
  const value = input.get(field);
  if (typeof value === "string" && !isBlank(value)) return value;
  throw new Error(`missing or empty field \`${field}\``);
}

/** `""` for anything but a string. */
export function optionalText(input: Input, field: string): string {
  const value = input.get(field);
  return typeof value === "string" ? value : "";
}

/** A whole number of at least 0, else undefined. */
export function optionalCount(input: Input, field: string): number | undefined {
  const value = input.get(field);
  if (typeof value === "bigint") return value >= 0n ? Number(value) : undefined;
  // Integers beyond 2^53 are bigints, so a number of that size was written as a float.
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** @throws Error `field … contains interior NUL bytes`, for the first that does */
export function refuseNul(fields: Readonly<Record<string, string>>): void {
  for (const [field, text] of Object.entries(fields)) {
    if (text.includes("\0")) throw new Error(`field \`${field}\` contains interior NUL bytes`);
  }
}

/** White space is Unicode's `White_Space` property; `\s` has U+FEFF on top. */
function isBlank(text: string): boolean {
  return !/\P{White_Space}/u.test(text);
}

const space = /\p{White_Space}/u;

/** Not by an expression that ends in `+$`: that one tries anew at every blank, and the text is a program's. */
export function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && space.test(text.charAt(start))) start++;
  while (end > start && space.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}
