/**
 * The filter language of `vector_search` and `delete` (databases.md §13).
 * @module
 */
import type { Schema } from "../table/schema.ts";
import { type CellReader, compileNode } from "./compile.ts";
import { FilterError } from "./filter-error.ts";
import { parseFilter } from "./parser.ts";

/** A row is kept only when the filter is true for it: unknown is not enough. */
export type RowFilter = (row: number) => boolean;

/** @throws FilterError, also later from the filter itself (a division by zero, a cast that does not fit) */
export function compileFilter(text: string, schema: Schema, cells: CellReader): RowFilter {
  const expression = compileNode(parseFilter(text), schema, cells);
  if (expression.kind !== "boolean") {
    throw new FilterError(`The filter does not return a boolean, but ${expression.kind}`);
  }
  return (row) => expression.at(row) === true;
}
