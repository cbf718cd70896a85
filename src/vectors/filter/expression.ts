/**
 * Compiled parts of a filter: a kind known before any row is looked at, and a function of the row.
 * @module
 */
import { charge } from "../../base/work.ts";
import { FilterError } from "./filter-error.ts";
import type { IntegerType } from "./integer-type.ts";

/** What a character of a text costs to look at. */
const characterUnits = 4;
const longestText = 2 ** 24;

export type Kind =
  | "null"
  | "boolean"
  | "integer"
  | "float"
  | "text"
  | "binary"
  | "date"
  | "timestamp"
  /** Only good for IS [NOT] NULL and is_valid. */
  | "vector";

/** null is unknown. Dates are days, timestamps microseconds, binary one character per byte. */
export type Value = null | boolean | number | bigint | string;

export interface Expression {
  readonly kind: Kind;
  /** Of integers; absent: a whole number of any size. */
  readonly integer?: IntegerType;
  /** Set when it does not depend on the row. */
  readonly constant?: { readonly value: Value };
  /** Float32. */
  readonly single?: boolean;
  /** A column as it is, by its Arrow type: literals take that type before they are compared with it. */
  readonly column?: string;
  /** A literal as it was written. */
  readonly literal?: boolean;
  /** What a cast from integer to integer was made of. */
  readonly uncast?: Expression;
  at(row: number): Value;
}

export function constant(kind: Kind, value: Value): Expression {
  return { kind, constant: { value }, at: () => value };
}

/** A part that is computed once when everything it depends on is constant. */
export function derived(kind: Kind, inputs: readonly Expression[], at: (row: number) => Value): Expression {
  if (inputs.length > 0 && inputs.every((input) => input.constant)) return constant(kind, at(0));
  return { kind, at };
}

/** Unknown when any input is, otherwise what `compute` makes of the values. */
export function strict(kind: Kind, inputs: readonly Expression[], compute: (...values: Value[]) => Value): Expression {
  return derived(kind, inputs, (row) => {
    const values = inputs.map((input) => input.at(row));
    for (const value of values) if (typeof value === "string") charge(characterUnits * value.length);
    return values.includes(null) ? null : compute(...values);
  });
}

/** A text that was made of others. @throws FilterError when it is too long */
export function bounded(length: number): void {
  if (length > longestText) throw new FilterError(`a text of the filter is longer than ${longestText} characters`);
  charge(characterUnits * length);
}

export function isNumeric(kind: Kind): boolean {
  return kind === "integer" || kind === "float";
}

/** @throws FilterError unless the kind is one of `allowed`, or null */
export function want(expression: Expression, allowed: readonly Kind[], what: string): void {
  if (expression.kind === "vector") {
    throw new FilterError("vector columns may only be used with IS [NOT] NULL");
  }
  if (expression.kind !== "null" && !allowed.includes(expression.kind)) {
    throw new FilterError(`${what} must be ${allowed.join(" or ")}, not ${expression.kind}`);
  }
}
