import type { ArithmeticOperator } from "./ast.ts";
import { bounded, type Expression, strict, want } from "./expression.ts";
import { FilterError } from "./filter-error.ts";
import { commonType, fits, type IntegerType, int64, wrapped } from "./integer-type.ts";
import { valueText } from "./value-text.ts";

type Number64 = number | bigint;
type NumberOperator = Exclude<ArithmeticOperator, "||">;

/** @throws FilterError for operands that are no numbers (or, for `||`, no text) */
export function arithmetic(operator: ArithmeticOperator, left: Expression, right: Expression): Expression {
  if (operator === "||") return concatenation(left, right);
  for (const side of [left, right]) want(side, ["integer", "float"], `an operand of ${operator}`);
  if (left.kind === "float" || right.kind === "float") {
    const double = [left, right].some((side) => side.kind === "float" && side.single !== true);
    if (double) return strict("float", [left, right], (a, b) => float(operator, Number(a), Number(b)));
    const single = strict("float", [left, right], (a, b) => {
      return Math.fround(float(operator, Math.fround(Number(a)), Math.fround(Number(b))));
    });
    return { ...single, single: true };
  }
  const type = commonType(typeOf(left), typeOf(right));
  const whole = strict("integer", [left, right], (a, b) => integer(operator, a as Number64, b as Number64, type));
  return type ? { ...whole, integer: type } : whole;
}

/** An unknown operand takes the other side's type; Int64 is what integers are otherwise. */
function typeOf({ kind, integer: type }: Expression): IntegerType | undefined {
  return kind === "null" ? int64 : type;
}

export function negation(item: Expression): Expression {
  want(item, ["integer", "float"], "an operand of -");
  if (item.kind === "float") {
    const negated = strict("float", [item], (x) => -Number(x));
    return { ...negated, ...(item.single ? { single: true } : {}), ...(item.literal ? { literal: true } : {}) };
  }
  const type = item.integer;
  if (type && !type.signed) throw new FilterError("Negation only supports numeric, interval and timestamp types");
  const negated = strict("integer", [item], (x) => integer("-", 0, x as Number64, type));
  if (!item.literal) return type ? { ...negated, integer: type } : negated;
  const value = negated.constant?.value as Number64;
  return { ...negated, literal: true, ...(fits(int64, value) ? { integer: int64 } : {}) };
}

function float(operator: NumberOperator, a: number, b: number): number {
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

/** Wraps around at the ends of the type. */
function integer(operator: NumberOperator, a: Number64, b: Number64, type: IntegerType | undefined): Number64 {
  // biome-ignore lint/suspicious/noDoubleEquals: 0 and 0n
  if ((operator === "/" || operator === "%") && b == 0) throw new FilterError("Divide by zero error");
  if (typeof a === "number" && typeof b === "number") {
    const result = operator === "/" ? Math.trunc(a / b) : float(operator, a, b);
    if (Number.isSafeInteger(result) && (type === undefined || fits(type, result))) return result === 0 ? 0 : result;
  }
  return wrapped(type, wide(operator, BigInt(a), BigInt(b)));
}

function wide(operator: NumberOperator, a: bigint, b: bigint): bigint {
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
  return strict("text", [left, right], (a, b) => {
    const text = valueText(a, left) + valueText(b, right);
    bounded(text.length);
    return text;
  });
}
