import type { Scalar } from "./schema.ts";
import type { Table } from "./table.ts";

/**
 * The columns of a row by name. A list, because names are a skill's: `Object.fromEntries` makes own members also of `__proto__`.
 * @param value what becomes of a scalar
 * @param item what becomes of each number of a vector
 */
export function rowValues<V, I>(
  table: Table,
  row: number,
  value: (scalar: Scalar) => V,
  item: (number: number) => I,
): Array<readonly [string, V | I[] | null]> {
  return table.schema.map((column, position): readonly [string, V | I[] | null] => {
    if (column.type !== "vector") return [column.name, value(table.scalar(position, row))];
    const vectors = table.vectors(position);
    if (!vectors.has(row)) return [column.name, null];
    const vector = new Float32Array(column.dim);
    vectors.copy(row, vector);
    return [column.name, Array.from(vector, item)];
  });
}
