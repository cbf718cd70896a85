/**
 * JSON Schema as the types that LuaLS writes, on one line.
 * @module
 */
import type { JsonObject } from "../../contract/contract.ts";

type Schema = Readonly<Record<string, unknown>>;

const names: Readonly<Record<string, string>> = {
  string: "string",
  number: "number",
  integer: "integer",
  boolean: "boolean",
  null: "nil",
  array: "any[]",
  object: "table",
};
/** A schema that refers to itself would have no end. */
const maxDepth = 6;

/** `{ text: string, tags?: string[] }`. */
export function luaType(schema: JsonObject): string {
  return typeText(schema, schema, 0);
}

function typeText(given: unknown, root: Schema, depth: number): string {
  if (given === true || typeof given !== "object" || given === null || depth > maxDepth) return "any";
  const schema = resolved(given as Schema, root);
  const inner = (part: unknown) => typeText(part, root, depth + 1);
  if (Array.isArray(schema.enum)) return union(schema.enum.map(literal));
  if ("const" in schema) return literal(schema.const);
  const branches = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(branches)) return union(branches.map(inner));
  if (Array.isArray(schema.type)) return union(schema.type.map((type) => inner({ ...schema, type })));
  if (schema.type === "array") return schema.items === undefined ? "any[]" : `${grouped(inner(schema.items))}[]`;
  if (schema.type === "object" || schema.properties) return tableText(schema, inner);
  return names[String(schema.type)] ?? "any";
}

function tableText(schema: Schema, inner: (part: unknown) => string): string {
  const required = new Set(Array.isArray(schema.required) ? (schema.required as unknown[]) : []);
  const members = Object.entries((schema.properties ?? {}) as Schema).map(
    ([name, member]) => `${key(name)}${required.has(name) ? "" : "?"}: ${inner(member)}`,
  );
  const rest = schema.additionalProperties;
  if (typeof rest === "object" && rest !== null) members.push(`[string]: ${inner(rest)}`);
  if (members.length > 0) return `{ ${members.join(", ")} }`;
  return rest === false ? "{}" : "table";
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join(" | ") || "any";
}

const grouped = (type: string) => (type.includes(" | ") ? `(${type})` : type);

/** A member as a table constructor writes it. */
export function key(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `[${JSON.stringify(name)}]`;
}

function literal(value: unknown): string {
  return value === null ? "nil" : typeof value === "object" ? "table" : (JSON.stringify(value) ?? "any");
}

/** Follows a reference into the schema itself; others stay unknown. */
function resolved(schema: Schema, root: Schema): Schema {
  const { $ref: reference } = schema;
  if (typeof reference !== "string" || !reference.startsWith("#/")) return schema;
  let node: unknown = root;
  for (const step of reference.slice(2).split("/")) {
    node = (node as Schema | undefined)?.[step.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return typeof node === "object" && node !== null ? (node as Schema) : {};
}
