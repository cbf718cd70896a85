import { compareText } from "../../databases/exact-json.ts";
import type { ComparisonOperator } from "./ast.ts";
import { cast } from "./cast.ts";
import { constant, type Expression, isNumeric, type Kind, strict, type Value } from "./expression.ts";
import { FilterError } from "./filter-error.ts";
import { fits } from "./integer-type.ts";
import { dayMicroseconds } from "./literals.ts";

const tests: Readonly<Record<ComparisonOperator, (order: number) => boolean>> = {
  "=": (order) => order === 0,
  "!=": (order) => order !== 0,
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

/** @throws FilterError when the two cannot be compared (databases.md §13.2) */
export function comparison(operator: ComparisonOperator, left: Expression, right: Expression): Expression {
  const [a, b] = comparable(left, right);
  const passes = tests[operator];
  return strict("boolean", [a, b], (x, y) => {
    return passes(compareValues(x, y));
  });
}

/** Brings two expressions to kinds that compare. */
export function comparable(left: Expression, right: Expression): readonly [Expression, Expression] {
  for (const side of [left, right]) {
    if (side.kind === "vector") throw new FilterError("vector columns may only be used with IS [NOT] NULL");
  }
  if (left.uncast && isWithin(right, left, left.uncast)) return comparable(left.uncast, right);
  if (right.uncast && isWithin(left, right, right.uncast)) return comparable(left, right.uncast);
  if (left.kind === right.kind || left.kind === "null" || right.kind === "null") return [left, right];
  if (isNumeric(left.kind) && isNumeric(right.kind)) return [left, right];
  if (left.kind === "date" && right.kind === "timestamp") return [midnight(left), right];
  if (left.kind === "timestamp" && right.kind === "date") return [left, midnight(right)];
  if (left.kind === "text" && isTemporal(right.kind)) return [cast(left, { kind: right.kind }, false), right];
  if (right.kind === "text" && isTemporal(left.kind)) return [left, cast(right, { kind: left.kind }, false)];
  const [coercedRight, coercedLeft] = [coerceText(right, left.kind), coerceText(left, right.kind)];
  if (coercedRight) return [left, coercedRight];
  if (coercedLeft) return [coercedLeft, right];
  throw new FilterError(`cannot compare ${left.kind} with ${right.kind}`);
}

/** A cast that a literal can be compared without: it is of both types. What the cast could not hold is then no error. */
function isWithin(literal: Expression, { integer: to }: Expression, { integer: from }: Expression): boolean {
  const value =
    literal.literal && literal.kind === "integer" ? (literal.constant?.value as number | bigint) : undefined;
  return value !== undefined && to !== undefined && from !== undefined && fits(to, value) && fits(from, value);
}

/**
 * A literal that meets a column takes the column's type; an integer column compares with any number.
 * @throws FilterError for a literal that the column cannot hold
 */
export function literalFor(target: Expression, literal: Expression): Expression {
  const value = literal.constant?.value;
  if (!target.column || target.kind === "vector" || !literal.literal || value === undefined || value === null) {
    return literal;
  }
  const numeric = isNumeric(literal.kind) && isNumeric(target.kind);
  const whole = literal.kind === "integer" && target.integer;
  if ((!numeric && literal.kind !== target.kind) || (whole && !fits(whole, value as number | bigint))) {
    throw new FilterError(
      `Received literal ${shown(literal, value)} and could not convert to literal of type '${target.column}'`,
    );
  }
  // `f = 0.1` means the float32 nearest to 0.1.
  return target.single ? constant("float", Math.fround(Number(value))) : literal;
}

function shown({ kind, integer: type }: Expression, value: Value): string {
  switch (kind) {
    case "integer":
      return type ? `Int64(${value})` : `Float64(${Number(value)})`;
    case "float":
      return `Float64(${value})`;
    case "text":
      return `Utf8(${JSON.stringify(value)})`;
    case "boolean":
      return `Boolean(${value})`;
    default:
      return kind;
  }
}

/** Undefined unless `from` is a text literal and `to` a kind that text is read as. @throws FilterError for unfit text */
function coerceText(from: Expression, to: Kind): Expression | undefined {
  if (from.kind !== "text" || typeof from.constant?.value !== "string") return undefined;
  const text = from.constant.value;
  const value = readText(text, to);
  if (value === undefined) return undefined;
  if (value === null) throw new FilterError(`'${text}' cannot be read as ${to}`);
  return constant(isNumeric(to) ? "float" : to, value);
}

/** Undefined: not a kind text is coerced to; null: this text does not fit. */
function readText(text: string, to: Kind): Value | undefined {
  switch (to) {
    case "integer":
    case "float":
      if (/^\s*[+-]?\d+\s*$/.test(text)) return BigInt(text.trim().replace(/^\+/, ""));
      return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : null;
    default:
      return undefined;
  }
}

function isTemporal(kind: Kind): kind is "date" | "timestamp" {
  return kind === "date" || kind === "timestamp";
}

function midnight(date: Expression): Expression {
  return strict("timestamp", [date], (days) => Number(days) * dayMicroseconds);
}

/**
 * Below zero, zero or above. Text compares by UTF-8 bytes; integers and floats by their exact values and in a total
 * order, as natively: NaN below everything (that of a division has its sign bit set), -0.0 below 0.
 */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  if (a === null || b === null) return Number.NaN;
  if (typeof a === "boolean" || typeof b === "boolean") return Number(a) - Number(b);
  // biome-ignore lint/suspicious/noDoubleEquals: a bigint equals a number of the same value only loosely
  if (a == b) return a === 0 ? Number(Object.is(b, -0)) - Number(Object.is(a, -0)) : 0;
  if (a < b) return -1;
  return a > b ? 1 : Number(Number.isNaN(b)) - Number(Number.isNaN(a));
}

/** `item IN (list)`: true, false, or unknown when a null stood in the way (SQL's rule). */
export function membership(item: Expression, list: readonly Expression[]): Expression {
  const pairs = list.map((candidate) => comparable(item, literalFor(item, candidate)));
  const compared = pairs[0]?.[0] ?? item;
  const fixed = pairs.every(([left]) => left === compared) && constantSet(compared, pairs);
  if (fixed) {
    return strict("boolean", [compared], (value) => (fixed.values.has(value) ? true : fixed.hasNull ? null : false));
  }
  return {
    kind: "boolean",
    at(row) {
      let unknown = false;
      for (const [left, right] of pairs) {
        const [a, b] = [left.at(row), right.at(row)];
        if (a === null || b === null) unknown = true;
        else if (compareValues(a, b) === 0) return true;
      }
      return unknown ? null : false;
    },
  };
}

/** Long lists of literals of the item's own kind are looked up instead of walked. */
function constantSet(
  item: Expression,
  pairs: ReadonlyArray<readonly [Expression, Expression]>,
): { values: Set<Value>; hasNull: boolean } | undefined {
  if (item.kind !== "text" && item.kind !== "integer") return undefined;
  const values = new Set<Value>();
  let hasNull = false;
  for (const [, { kind, constant: fixed }] of pairs) {
    if (!fixed || (kind !== item.kind && kind !== "null")) return undefined;
    if (fixed.value === null) hasNull = true;
    else values.add(fixed.value);
  }
  return { values, hasNull };
}
