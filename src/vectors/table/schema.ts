/**
 * Tables of the embedded LanceDB store: columns, their types, and what may be in them (databases.md §12.3).
 * @module
 */

import { charge } from "../../base/work.ts";

export const scalarTypes = ["string", "int64", "int32", "uint64", "uint32", "float64", "float32", "bool"] as const;
export type ScalarType = (typeof scalarTypes)[number];

export type Column = { readonly name: string; readonly type: ScalarType; readonly nullable: boolean } | VectorColumn;

export interface VectorColumn {
  readonly name: string;
  readonly type: "vector";
  /** Numbers per vector, at least 1. */
  readonly dim: number;
  readonly nullable: boolean;
}

/** Columns in declaration order. */
export type Schema = readonly Column[];

/** A cell: integers beyond 2^53 are bigint, everything else is the obvious JavaScript value. */
export type Scalar = null | boolean | number | bigint | string;

const typeNames = new Map<string, ScalarType | "vector">([
  ...scalarTypes.map((type) => [type, type] as const),
  ["boolean", "bool"],
  ["vector_float32", "vector"],
  ["vector-float32", "vector"],
]);

/** What a skill declares; types are checked by the request parser. */
export interface ColumnDeclaration {
  readonly name: string;
  readonly column_type: string;
  readonly vector_dim: number;
  readonly nullable: boolean;
}

const mostColumns = 1024;

/** @throws Error with a text of §12.3 */
export function declareSchema(declarations: readonly ColumnDeclaration[]): Schema {
  if (declarations.length === 0) throw new Error("columns must not be empty");
  if (declarations.length > mostColumns) {
    throw new Error(`columns must not be more than ${mostColumns}, but there are ${declarations.length}`);
  }
  const schema = declarations.map(declareColumn);
  refuseNames(schema.map(({ name }) => name));
  return schema;
}

/** Lance's own rules, which are looked at last. */
function refuseNames(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    charge(30);
    if (name.includes(".")) throw new Error(`Schema error: Top level field ${name} cannot contain \`.\``);
    if (reservedNames.has(name)) {
      throw new Error(
        `Invalid user input: The column ${name} is a reserved name and cannot be used in a Lance dataset`,
      );
    }
    if (seen.has(name)) throw new Error(`Duplicate field name "${name}" in schema`);
    seen.add(name);
  }
}

/** Lance's own columns. */
const reservedNames = new Set(["_rowid", "_rowaddr"]);

function declareColumn({ name, column_type, vector_dim, nullable }: ColumnDeclaration): Column {
  if (name.trim() === "") throw new Error("column name must not be empty");
  const word = column_type.trim().toLowerCase();
  if (word === "" || word === "unspecified") throw new Error(`column '${name}' has unspecified type`);
  const type = knownType(word);
  if (type !== "vector") return { name, type, nullable };
  if (vector_dim < 1) throw new Error(`vector column '${name}' must have vector_dim > 0`);
  return { name, type, dim: vector_dim, nullable };
}

/** The exact name first, then without regard to ASCII case; -1 when there is none. */
export function columnIndex(schema: Schema, name: string): number {
  const exact = schema.findIndex((column) => column.name === name);
  return exact >= 0 ? exact : schema.findIndex((column) => lowerAscii(column.name) === lowerAscii(name));
}

const lowerAscii = (name: string) => name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** @throws Error */
export function refuseBlank(tableName: string): void {
  if (tableName.trim() === "") throw new Error("table_name must not be empty");
}

/** The types of all columns are looked at before anything else. @throws Error */
export function refuseUnknownTypes(declarations: readonly ColumnDeclaration[]): void {
  for (const { column_type } of declarations) {
    charge(20);
    const word = column_type.trim().toLowerCase();
    if (word !== "" && word !== "unspecified") knownType(word);
  }
}

function knownType(word: string): ScalarType | "vector" {
  const type = typeNames.get(word);
  if (type === undefined) throw new Error(`unsupported column_type: ${word}`);
  return type;
}

/** Trims a table name and holds it against LanceDB's rule. @throws Error */
export function tableName(given: string): string {
  refuseBlank(given);
  const name = given.trim();
  if (!/^[A-Za-z0-9_.-]{1,128}$/.test(name) || name === "." || name === "..") {
    throw new Error(
      `Invalid table name ("${name}"): Table names can only contain alphanumeric characters, underscores, hyphens, and periods, at most 128 of them, and are not "." or ".."`,
    );
  }
  return name;
}
