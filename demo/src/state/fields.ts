import type { EntryDescriptor, Json, JsonObject } from "luaskills-wasm";

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly required: boolean;
  readonly kind: "text" | "multiline" | "number" | "integer" | "boolean" | "choice" | "list" | "json";
  readonly choices: readonly string[];
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  readonly example: Json | undefined;
  readonly fallback: Json | undefined;
}

type Schema = { readonly [key: string]: Json | undefined };

/** The fields of an entry's form: what is required first, in the order the skill asks for it (properties come sorted by name). */
export function fieldsOf(entry: EntryDescriptor): Field[] {
  const schema = entry.inputSchema as Schema;
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required.filter((name) => typeof name === "string") : [];
  const names = [...new Set([...required, ...Object.keys(properties)])].filter((name) => name in properties);
  return names.map((name) => {
    const property = properties[name];
    return fieldOf(name, isObject(property) ? property : {}, required.includes(name));
  });
}

function fieldOf(name: string, schema: Schema, required: boolean): Field {
  const choices = Array.isArray(schema.enum) ? schema.enum.filter((each) => typeof each === "string") : [];
  const examples = Array.isArray(schema.examples) ? schema.examples : [];
  return {
    name,
    label: typeof schema.title === "string" ? schema.title : name.replaceAll(/[_-]/g, " "),
    description: typeof schema.description === "string" ? schema.description : "",
    required,
    kind: choices.length > 0 ? "choice" : kindOf(schema),
    choices,
    minimum: typeof schema.minimum === "number" ? schema.minimum : undefined,
    maximum: typeof schema.maximum === "number" ? schema.maximum : undefined,
    example: examples[0],
    fallback: schema.default,
  };
}

function kindOf(schema: Schema): Field["kind"] {
  switch (schema.type) {
    case "string":
      return schema.format === "multiline" || schema.format === "textarea" ? "multiline" : "text";
    case "number":
    case "integer":
    case "boolean":
      return schema.type;
    case "array":
      return isObject(schema.items) && schema.items.type === "string" ? "list" : "json";
    default:
      return "json";
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as its field shows it. */
export function fieldText(field: Field, value: Json | undefined): string {
  if (value === undefined) return "";
  if (field.kind === "list" && Array.isArray(value)) return value.join("\n");
  return typeof value === "string" ? value : JSON.stringify(value);
}

export type Parsed =
  | { readonly ok: true; readonly args: JsonObject }
  | { readonly ok: false; readonly errors: Map<string, string> };

/** The arguments object from the texts. Empty optional fields are left out. */
export function parseFields(fields: readonly Field[], texts: Readonly<Record<string, string>>): Parsed {
  const args: JsonObject = {};
  const errors = new Map<string, string>();
  for (const field of fields) {
    const text = texts[field.name] ?? fieldText(field, field.fallback);
    if (text.trim() === "" && field.kind !== "boolean") {
      if (field.required) errors.set(field.name, "Fill this in");
      continue;
    }
    try {
      args[field.name] = parseField(field, text);
    } catch (thrown) {
      errors.set(field.name, thrown instanceof Error ? thrown.message : String(thrown));
    }
  }
  return errors.size > 0 ? { ok: false, errors } : { ok: true, args };
}

function parseField(field: Field, text: string): Json {
  switch (field.kind) {
    case "boolean":
      return text === "true";
    case "number":
    case "integer":
      return numberOf(field, text);
    case "list":
      return text
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "");
    case "json":
      return jsonOf(text);
    default:
      return text;
  }
}

function numberOf(field: Field, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Error("Not a number");
  if (field.kind === "integer" && !Number.isInteger(value)) throw new Error("A whole number, please");
  if (field.minimum !== undefined && value < field.minimum) throw new Error(`At least ${field.minimum}`);
  if (field.maximum !== undefined && value > field.maximum) throw new Error(`At most ${field.maximum}`);
  return value;
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (thrown) {
    throw new Error(`Not JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}
