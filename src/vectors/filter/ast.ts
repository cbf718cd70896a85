import type { IntegerType } from "./integer-type.ts";

/** A parsed filter; names and types are not looked at yet. */
export type Node =
  | { readonly node: "literal"; readonly kind: LiteralKind; readonly value: null | boolean | number | bigint | string }
  | { readonly node: "column"; readonly name: string; readonly quoted: boolean }
  | { readonly node: "all" | "any"; readonly items: readonly Node[] }
  | { readonly node: "not"; readonly item: Node }
  | { readonly node: "compare"; readonly operator: ComparisonOperator; readonly left: Node; readonly right: Node }
  | { readonly node: "arithmetic"; readonly operator: ArithmeticOperator; readonly left: Node; readonly right: Node }
  | { readonly node: "negate"; readonly item: Node }
  | { readonly node: "is"; readonly what: "null" | "true" | "false"; readonly negated: boolean; readonly item: Node }
  | { readonly node: "in"; readonly negated: boolean; readonly item: Node; readonly list: readonly Node[] }
  | {
      readonly node: "between";
      readonly negated: boolean;
      readonly item: Node;
      readonly low: Node;
      readonly high: Node;
    }
  | {
      readonly node: "like";
      readonly negated: boolean;
      readonly ignoreCase: boolean;
      readonly item: Node;
      readonly pattern: Node;
      /** One character; absent: a backslash. */
      readonly escape?: string;
    }
  | { readonly node: "cast"; readonly item: Node; readonly to: CastType; readonly orNull: boolean }
  | { readonly node: "function"; readonly name: string; readonly args: readonly Node[] };

export type LiteralKind = "null" | "boolean" | "integer" | "float" | "text" | "binary" | "date" | "timestamp";
export type ComparisonOperator = "=" | "!=" | "<" | "<=" | ">" | ">=";
export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%" | "||";

export interface CastType {
  readonly kind: "integer" | "float" | "text" | "boolean" | "date" | "timestamp" | "binary";
  readonly integer?: IntegerType;
  /** Rounds to 32 bits. */
  readonly single?: boolean;
  /** Digits of a decimal, and how many of them stand after the point. */
  readonly precision?: number;
  readonly scale?: number;
  /** Microseconds a timestamp counts in. */
  readonly unit?: number;
}
