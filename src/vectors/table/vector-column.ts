import type { Schema, VectorColumn } from "./schema.ts";

/**
 * The position of the column a search looks into (databases.md §12.5).
 * @param given a name, or blank for the only column of the query's dimension
 */
export function chooseVectorColumn(schema: Schema, dimension: number, given: string): number {
  const name = given.trim();
  const vectors = schema.flatMap((column, index) => (column.type === "vector" ? [{ column, index }] : []));
  if (name === "") return onlyFitting(vectors, dimension);
  const found = vectors.find(({ column }) => column.name === name);
  if (!found) throw new Error(notAVector(schema, name));
  if (found.column.dim !== dimension) {
    throw new Error(
      `Invalid input, query dim(${dimension}) doesn't match the column ${name} vector dim(${found.column.dim})`,
    );
  }
  return found.index;
}

function notAVector(schema: Schema, name: string): string {
  const column = schema.find((one) => one.name === name);
  if (column) {
    return `Invalid user input: Data type is not a vector (FixedSizeListArray or List<FixedSizeListArray>), but ${column.type} in column ${name}`;
  }
  return `column ${name} does not exist in schema ${schema.map((one) => `${one.name} (${one.type})`).join(", ")}`;
}

function onlyFitting(vectors: ReadonlyArray<{ column: VectorColumn; index: number }>, dimension: number): number {
  const fitting = vectors.filter(({ column }) => column.dim === dimension);
  const [first] = fitting;
  if (!first) {
    throw new Error(`Invalid input, No vector column found to match with the query vector dimension: ${dimension}`);
  }
  if (fitting.length > 1) {
    const names = fitting.map(({ column }) => JSON.stringify(column.name)).join(", ");
    throw new Error(
      `Schema Error: More than one vector columns found, please specify which column to create index or query: [${names}]`,
    );
  }
  return first.index;
}
