/**
 * A table file from elsewhere, held against everything reading it later relies on. A file of our own that ends in half a
 * write is mended when it is opened; an import that does is refused.
 * @module
 */
import type { Vfs } from "../../vfs/interface.ts";
import { type Schema, scalarTypes } from "./schema.ts";
import { type StoredWrite, TableFile } from "./table-file.ts";

/** @throws Error that says what is wrong with it */
export function checkTable(vfs: Vfs, path: string): void {
  const bytes = vfs.stat(path)?.size ?? 0;
  const { file, writes } = TableFile.open(vfs, path);
  try {
    if (file.size !== bytes) throw new Error(`it is damaged or cut short after ${file.size} of ${bytes} bytes`);
    const schema = writes[0]?.schema;
    checkSchema(schema);
    let rows = 0;
    for (const write of writes) rows = checkWrite(write, schema, rows, file.size);
  } finally {
    file.close();
  }
}

function checkSchema(schema: unknown): asserts schema is Schema {
  if (!Array.isArray(schema) || schema.length === 0) throw new Error("it has no columns");
  const names = new Set<unknown>();
  for (const column of schema as ReadonlyArray<Record<string, unknown> | null>) {
    const { name, type, dim, nullable } = column ?? {};
    const known =
      type === "vector" ? Number.isInteger(dim) && Number(dim) > 0 : scalarTypes.some((each) => each === type);
    if (typeof name !== "string" || name.trim() === "" || names.has(name) || !known || typeof nullable !== "boolean") {
      throw new Error(`its column ${JSON.stringify(column)} cannot be used`);
    }
    names.add(name);
  }
}

/** @returns how many rows there are after it */
function checkWrite(write: StoredWrite, schema: Schema, rows: number, size: number): number {
  const { version, count, removed, cells } = write;
  const sound =
    Number.isSafeInteger(version) &&
    Number.isSafeInteger(count) &&
    count >= 0 &&
    Array.isArray(removed) &&
    removed.every((row: unknown) => Number.isInteger(row) && Number(row) >= 0 && Number(row) < rows);
  if (!sound) throw new Error(`the head of version ${String(version)} makes no sense`);
  for (const [position, column] of schema.entries()) {
    const each = cells[position];
    const whole =
      column.type === "vector"
        ? each?.kind === "vector" && each.valid.length === count && each.offset + count * column.dim * 4 <= size
        : each?.kind === "scalar" && each.values.length === count;
    if (!whole) throw new Error(`version ${version} does not hold ${count} rows of column '${column.name}'`);
  }
  return rows + count;
}
