import { columnIndex, type ScalarType, type Schema } from "../table/schema.ts";
import { arithmetic, negation } from "./arithmetic.ts";
import type { ComparisonOperator, Node } from "./ast.ts";
import { cast } from "./cast.ts";
import { comparison, literalFor, membership } from "./comparison.ts";
import { constant, derived, type Expression, strict, type Value, want } from "./expression.ts";
import { FilterError } from "./filter-error.ts";
import { callFunction } from "./functions.ts";
import { fits, type IntegerType, int32, int64, uint32, uint64 } from "./integer-type.ts";
import { likePattern } from "./like.ts";

/** Where the columns' values come from: a cell of a scalar column, and whether a vector is there. */
export interface CellReader {
  scalar(column: number, row: number): Value;
  hasVector(column: number, row: number): boolean;
}

/** Checks names and types and makes a function of the row. @throws FilterError */
export function compileNode(node: Node, schema: Schema, cells: CellReader): Expression {
  const compile = (inner: Node) => compileNode(inner, schema, cells);
  switch (node.node) {
    case "literal":
      return literal(node);
    case "column":
      return column(node, schema, cells);
    case "all":
      return logic(node.items.map(compile), "AND");
    case "any":
      return logic(node.items.map(compile), "OR");
    case "not":
      return not(compile(node.item));
    case "compare":
      return compare(node.operator, compile(node.left), compile(node.right));
    case "arithmetic":
      return arithmetic(node.operator, compile(node.left), compile(node.right));
    case "negate":
      return negation(compile(node.item));
    case "is":
      return is(compile(node.item), node.what, node.negated);
    case "in":
      return maybeNot(membership(compile(node.item), node.list.map(compile)), node.negated);
    case "between": {
      const item = compile(node.item);
      const low = comparison(">=", item, literalFor(item, compile(node.low)));
      const high = comparison("<=", item, literalFor(item, compile(node.high)));
      return maybeNot(logic([low, high], "AND"), node.negated);
    }
    case "like":
      return maybeNot(like(compile(node.item), compile(node.pattern), node), node.negated);
    case "cast":
      return cast(compile(node.item), node.to, node.orNull);
    case "function":
      return callFunction(node.name, node.args.map(compile));
  }
}

function compare(operator: ComparisonOperator, left: Expression, right: Expression): Expression {
  return comparison(operator, literalFor(right, left), literalFor(left, right));
}

function literal({ kind, value }: Extract<Node, { node: "literal" }>): Expression {
  // Dates, timestamps and bytes are casts of text to the native engine.
  if (kind === "date" || kind === "timestamp" || kind === "binary") return constant(kind, value);
  const written = { ...constant(kind, value), literal: true };
  return kind === "integer" && fits(int64, value as number | bigint) ? { ...written, integer: int64 } : written;
}

type ColumnFacts = Pick<Expression, "kind" | "column" | "integer" | "single">;

const integerColumn = (integer: IntegerType): ColumnFacts => ({ kind: "integer", column: integer.name, integer });
const columnFacts: Readonly<Record<ScalarType, ColumnFacts>> = {
  string: { kind: "text", column: "Utf8" },
  int64: integerColumn(int64),
  int32: integerColumn(int32),
  uint64: integerColumn(uint64),
  uint32: integerColumn(uint32),
  float64: { kind: "float", column: "Float64" },
  float32: { kind: "float", column: "Float32", single: true },
  bool: { kind: "boolean", column: "Boolean" },
};

/** The exact name first, then without regard to ASCII case; a name in backticks only exactly. */
function column(node: Extract<Node, { node: "column" }>, schema: Schema, cells: CellReader): Expression {
  const index = node.quoted ? schema.findIndex(({ name }) => name === node.name) : columnIndex(schema, node.name);
  const found = schema[index];
  if (!found) {
    const names = schema.map(({ name }) => name).join(", ");
    throw new FilterError(`No field named ${node.name}. Valid fields are ${names}.`);
  }
  // The cell of a vector column only tells whether a vector is there.
  if (found.type === "vector") return { kind: "vector", at: (row) => (cells.hasVector(index, row) ? true : null) };
  return { ...columnFacts[found.type], at: (row) => cells.scalar(index, row) };
}

/** SQL's three-valued AND and OR: the deciding value wins over unknown. */
function logic(items: readonly Expression[], word: "AND" | "OR"): Expression {
  for (const item of items) want(item, ["boolean"], `an operand of ${word}`);
  const deciding = word === "OR";
  return derived("boolean", items, (row) => {
    let unknown = false;
    for (const item of items) {
      const value = item.at(row);
      if (value === deciding) return deciding;
      if (value === null) unknown = true;
    }
    return unknown ? null : !deciding;
  });
}

function not(item: Expression): Expression {
  want(item, ["boolean"], "the operand of NOT");
  return strict("boolean", [item], (value) => value !== true);
}

function maybeNot(item: Expression, negated: boolean): Expression {
  return negated ? not(item) : item;
}

function is(item: Expression, what: "null" | "true" | "false", negated: boolean): Expression {
  if (what !== "null") want(item, ["boolean"], `the operand of IS ${what.toUpperCase()}`);
  const wanted = what === "null" ? null : what === "true";
  return derived("boolean", [item], (row) => (item.at(row) === wanted) !== negated);
}

function like(
  item: Expression,
  pattern: Expression,
  options: { readonly ignoreCase: boolean; readonly escape?: string },
): Expression {
  for (const side of [item, pattern]) want(side, ["text"], "an operand of LIKE");
  if (pattern.constant) {
    const { value } = pattern.constant;
    if (value === null) return constant("boolean", null);
    const matches = likePattern(String(value), options);
    return strict("boolean", [item], (text) => matches(String(text)));
  }
  return strict("boolean", [item, pattern], (text, shape) => likePattern(String(shape), options)(String(text)));
}
