import { compactInteger } from "../row-batch.ts";
import type { ArithmeticOperator } from "./ast.ts";
import { type Expression, strict, type Value, want } from "./expression.ts";
import { FilterError } from "./filter-error.ts";

type Number64 = number | bigint;

const low64 = -(2n ** 63n);
const high64 = 2n ** 64n - 1n;

/** @throws FilterError for operands that are no numbers (or, for `||`, no text) */
export function arithmetic(operator: ArithmeticOperator, left: Expression, right: Expression): Expression {
  if (operator === "||") return concatenation(left, right);
  for (const side of [left, right]) want(side, ["integer", "float"], `an operand of ${operator}`);
  if (left.kind === "float" || right.kind === "float") {
    return strict("float", [left, right], (a, b) => float(operator, Number(a), Number(b)));
  }
  return strict("integer", [left, right], (a, b) => integer(operator, a as Number64, b as Number64));
}

export function negation(item: Expression): Expression {
  want(item, ["integer", "float"], "an operand of -");
  if (item.kind === "float") return strict("float", [item], (x) => -Number(x));
  return strict("integer", [item], (x) => integer("-", 0, x as Number64));
}

function float(operator: Exclude<ArithmeticOperator, "||">, a: number, b: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    case "%":
      return a % b;
  }
}

function integer(operator: Exclude<ArithmeticOperator, "||">, a: Number64, b: Number64): Number64 {
  // biome-ignore lint/suspicious/noDoubleEquals: 0 and 0n
  if ((operator === "/" || operator === "%") && b == 0) throw new FilterError("division by zero");
  if (typeof a === "number" && typeof b === "number") {
    const result = operator === "/" ? Math.trunc(a / b) : float(operator, a, b);
    if (Number.isSafeInteger(result)) return result === 0 ? 0 : result;
  }
  const exact = wide(operator, BigInt(a), BigInt(b));
  if (exact < low64 || exact > high64) throw new FilterError(`integer overflow in ${a} ${operator} ${b}`);
  return compactInteger(exact);
}

function wide(operator: Exclude<ArithmeticOperator, "||">, a: bigint, b: bigint): bigint {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    case "%":
      return a % b;
  }
}

function concatenation(left: Expression, right: Expression): Expression {
  const kinds = ["text", "integer", "float", "boolean"] as const;
  for (const side of [left, right]) want(side, kinds, "an operand of ||");
  if (![left, right].some((side) => side.kind === "text" || side.kind === "null")) {
    throw new FilterError("|| needs text on one side");
  }
  return strict("text", [left, right], (a, b) => valueText(a) + valueText(b));
}

/** A scalar as the text a cast to string gives: floats keep a fraction. */
export function valueText(value: Value, kind?: Expression["kind"]): string {
  return kind === "float" && Number.isInteger(value) ? `${value}.0` : String(value);
}
