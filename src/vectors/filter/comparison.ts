import { compareText } from "../exact-json.ts";
import type { ComparisonOperator } from "./ast.ts";
import { constant, type Expression, isNumeric, type Kind, strict, type Value } from "./expression.ts";
import { FilterError } from "./filter-error.ts";
import { dayMicroseconds, parseDate, parseTimestamp } from "./literals.ts";

const tests: Readonly<Record<ComparisonOperator, (order: number) => boolean>> = {
  "=": (order) => order === 0,
  "!=": (order) => order !== 0,
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

/** @throws FilterError when the two cannot be compared (§13.2) */
export function comparison(operator: ComparisonOperator, left: Expression, right: Expression): Expression {
  const [a, b] = comparable(left, right);
  const passes = tests[operator];
  return strict("boolean", [a, b], (x, y) => {
    const order = compareValues(x, y);
    // NaN compares as no order at all: only "not equal" holds.
    return Number.isNaN(order) ? operator === "!=" : passes(order);
  });
}

/** Brings two expressions to kinds that compare: literals are coerced to the other side when nothing is lost. */
export function comparable(left: Expression, right: Expression): readonly [Expression, Expression] {
  for (const side of [left, right]) {
    if (side.kind === "vector") throw new FilterError("vector columns may only be used with IS [NOT] NULL");
  }
  if (left.single && isNumeric(right.kind)) return [left, roundLiteral(right)];
  if (right.single && isNumeric(left.kind)) return [roundLiteral(left), right];
  if (left.kind === right.kind || left.kind === "null" || right.kind === "null") return [left, right];
  if (isNumeric(left.kind) && isNumeric(right.kind)) return [left, right];
  if (left.kind === "date" && right.kind === "timestamp") return [midnight(left), right];
  if (left.kind === "timestamp" && right.kind === "date") return [left, midnight(right)];
  const [coercedRight, coercedLeft] = [coerceText(right, left.kind), coerceText(left, right.kind)];
  if (coercedRight) return [left, coercedRight];
  if (coercedLeft) return [coercedLeft, right];
  throw new FilterError(`cannot compare ${left.kind} with ${right.kind}`);
}

/** `f = 0.1` means the float32 nearest to 0.1, as a literal of the column's own type would. */
function roundLiteral(side: Expression): Expression {
  return side.constant ? constant("float", Math.fround(Number(side.constant.value))) : side;
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
    case "boolean":
      return /^\s*(?:true|false)\s*$/i.test(text) ? text.trim().toLowerCase() === "true" : null;
    case "date":
      return parseDate(text) ?? null;
    case "timestamp":
      return parseTimestamp(text) ?? null;
    default:
      return undefined;
  }
}

function midnight(date: Expression): Expression {
  return strict("timestamp", [date], (days) => Number(days) * dayMicroseconds);
}

/** Below zero, zero, above zero, or NaN. Text compares by UTF-8 bytes; integers and floats by their exact values. */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  if (a === null || b === null) return Number.NaN;
  if (typeof a === "boolean" || typeof b === "boolean") return Number(a) - Number(b);
  // biome-ignore lint/suspicious/noDoubleEquals: a bigint equals a number of the same value only loosely
  if (a == b) return 0;
  if (a < b) return -1;
  return a > b ? 1 : Number.NaN;
}

/** `item IN (list)`: true, false, or unknown when a null stood in the way (SQL's rule). */
export function membership(item: Expression, list: readonly Expression[]): Expression {
  const pairs = list.map((candidate) => comparable(item, candidate));
  const fixed = constantSet(item, list);
  if (fixed) {
    return strict("boolean", [item], (value) => (fixed.values.has(value) ? true : fixed.hasNull ? null : false));
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
  list: readonly Expression[],
): { values: Set<Value>; hasNull: boolean } | undefined {
  if (item.kind !== "text" && item.kind !== "integer") return undefined;
  const values = new Set<Value>();
  let hasNull = false;
  for (const { kind, constant: fixed } of list) {
    if (!fixed || (kind !== item.kind && kind !== "null")) return undefined;
    if (fixed.value === null) hasNull = true;
    else values.add(fixed.value);
  }
  return { values, hasNull };
}
