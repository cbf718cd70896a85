/**
 * Values as text, as a cast to string, `||` and `concat` write them.
 * @module
 */
import { floatText } from "../../base/text/float-text.ts";
import type { Expression, Value } from "./expression.ts";

/** A scalar that is neither null nor a date. */
export function valueText(value: Value, { kind, single }: Pick<Expression, "kind" | "single">): string {
  return kind === "float" ? floatText(Number(value), single === true) : String(value);
}
