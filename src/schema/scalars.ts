/**
 * Keywords about one value: its type, its bounds, its text.
 * @module
 */

import { hasFormat } from "./formats.ts";
import type { Evaluation, Keywords, Target } from "./interface.ts";
import { canonicalText, isInteger, textOf, typeOf } from "./values.ts";

export function checkValue(e: Evaluation, node: Keywords, value: unknown, target: Target): boolean {
  const { type, enum: values } = node;
  let fits = true;
  if (type !== undefined && !hasType(value, type)) fits = e.fail("type", type, value, target);
  if ("const" in node && !isOneOf(e, value, [node.const])) fits = e.fail("const", node.const, value, target);
  if (Array.isArray(values) && !isOneOf(e, value, values)) fits = e.fail("enum", values, value, target);
  return fits;
}

function hasType(value: unknown, type: unknown): boolean {
  return Array.isArray(type) ? type.some((each) => isOfType(value, each)) : isOfType(value, type);
}

function isOfType(value: unknown, type: unknown): boolean {
  return typeOf(value) === type || (type === "integer" && isInteger(value));
}

function isOneOf(e: Evaluation, value: unknown, values: readonly unknown[]): boolean {
  e.work.spend(2 * values.length);
  if (values.includes(value)) return true;
  const type = typeOf(value);
  const alike = values.filter((each) => typeOf(each) === type);
  if (alike.length === 0) return false;
  const text = canonicalText(value, e.work);
  return alike.some((each) => canonicalText(each, e.work) === text);
}

type Compared = number | bigint;
const limits: ReadonlyArray<readonly [keyword: string, keeps: (value: Compared, limit: Compared) => boolean]> = [
  ["minimum", (value, limit) => value >= limit],
  ["maximum", (value, limit) => value <= limit],
  ["exclusiveMinimum", (value, limit) => value > limit],
  ["exclusiveMaximum", (value, limit) => value < limit],
  ["multipleOf", isMultipleOf],
];

export function checkNumber(e: Evaluation, node: Keywords, value: Compared, target: Target): boolean {
  let fits = true;
  for (const [keyword, keeps] of limits) {
    const limit = node[keyword];
    if (isNumber(limit) && !keeps(value, limit)) fits = e.fail(keyword, limit, value, target);
  }
  return fits;
}

/** Decimal fractions are not exact: 0.3 is a multiple of 0.1. */
function isMultipleOf(value: Compared, of: Compared): boolean {
  if (typeof value === "bigint" && Number.isInteger(Number(of)) && Number(of) !== 0) return value % BigInt(of) === 0n;
  const times = Number(value) / Number(of);
  return Math.abs(times - Math.round(times)) <= Number.EPSILON * Math.max(1, Math.abs(times));
}

export function checkText(e: Evaluation, node: Keywords, value: unknown, target: Target): boolean {
  const { minLength, maxLength, pattern, format } = node;
  let fits = true;
  if (![minLength, maxLength, pattern, format].some((rule) => rule !== undefined)) return fits;
  const text = textOf(value);
  e.work.spend(text.length);
  if (isNumber(minLength) && lengthOf(text) < minLength) fits = e.fail("minLength", minLength, value, target);
  if (isNumber(maxLength) && lengthOf(text) > maxLength) fits = e.fail("maxLength", maxLength, value, target);
  if (typeof pattern === "string" && e.patterns.get(pattern)?.test(text) === false)
    fits = e.fail("pattern", pattern, value, target);
  if (typeof format === "string" && !hasFormat(format, text)) fits = e.fail("format", format, value, target);
  return fits;
}

/** In characters: a pair of surrogates is one. */
function lengthOf(text: string): number {
  let pairs = 0;
  for (let at = 0; at < text.length; at++) if ((text.codePointAt(at) ?? 0) > 0xffff) pairs++;
  return text.length - pairs;
}

function isNumber(value: unknown): value is Compared {
  return typeof value === "number" || typeof value === "bigint";
}
