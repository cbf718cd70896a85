/**
 * What a validator found, as path, expected and got.
 * @module
 */
import type { OutputUnit } from "@cfworker/json-schema";

/** One place where arguments and schema differ. */
export type Misfit = {
  /** `items[0].name`; `arguments`, or what the caller says, for the whole. */
  readonly path: string;
  readonly expected: string;
  readonly got: string;
};

type Schema = Readonly<Record<string, unknown>>;

const bounds: Readonly<Record<string, string>> = {
  minimum: "a number of at least",
  maximum: "a number of at most",
  exclusiveMinimum: "a number above",
  exclusiveMaximum: "a number below",
  multipleOf: "a multiple of",
  minLength: "a text with a length of at least",
  maxLength: "a text with a length of at most",
  pattern: "a text that matches",
  format: "a text of the format",
  minItems: "an array with a length of at least",
  maxItems: "an array with a length of at most",
  minProperties: "an object whose number of members is at least",
  maxProperties: "an object whose number of members is at most",
};

export function misfitOf(error: OutputUnit, schema: object, instance: unknown, whole: string): Misfit {
  const { keyword } = error;
  const at = steps(error.instanceLocation);
  const value = valueAt(instance, at);
  const path = pathOf(at) || whole;
  const parent = schemaAt(schema, steps(error.keywordLocation).slice(0, -1));
  if (keyword === "required") {
    const member = /"(.*)"/.exec(error.error)?.[1] ?? "";
    const wanted = (parent.properties as Record<string, Schema> | undefined)?.[member];
    return { path: pathOf([...at, member]), expected: typeText(wanted?.type) ?? "a value", got: "nothing" };
  }
  if (keyword === "false") {
    // `additionalProperties: false`; the validator says where in the value, not where in the schema.
    const known = Object.keys((schemaOf(schema, at.slice(0, -1)).properties ?? {}) as object);
    const named = known.length > 0 ? ` (known: ${known.join(", ")})` : "";
    return { path, expected: `no such member${named}`, got: shown(value) };
  }
  return { path, expected: expectation(keyword, parent) ?? error.error, got: shown(value) };
}

function expectation(keyword: string, schema: Schema): string | undefined {
  const rule = schema[keyword];
  if (keyword === "type") return typeText(rule);
  if (keyword === "enum" && Array.isArray(rule)) return `one of ${rule.map((each) => JSON.stringify(each)).join(", ")}`;
  if (keyword === "const") return JSON.stringify(rule);
  const bound = bounds[keyword];
  return bound === undefined ? undefined : `${bound} ${String(rule)}`;
}

function typeText(type: unknown): string | undefined {
  if (Array.isArray(type)) return type.join(" or ");
  return typeof type === "string" ? type : undefined;
}

/** The value with its type, short. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  const type = Array.isArray(value) ? "array" : typeof value;
  const text = JSON.stringify(value) ?? "";
  return text.length > 60 ? `${type} ${text.slice(0, 60)}…` : `${type} ${text}`;
}

function steps(pointer: string): string[] {
  return pointer
    .replace(/^#\/?/, "")
    .split("/")
    .filter((step) => step !== "")
    .map((step) => decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~"));
}

function pathOf(at: readonly string[]): string {
  const text = at.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`)).join("");
  return text.replace(/^\./, "");
}

function valueAt(value: unknown, at: readonly string[]): unknown {
  return at.reduce<unknown>((from, step) => (from as Readonly<Record<string, unknown>> | undefined)?.[step], value);
}

/** The schema of a part of the value, as far as `properties` and `items` lead to it. */
function schemaOf(root: object, at: readonly string[]): Schema {
  let node = schemaAt(root, []);
  for (const step of at) {
    if (typeof node.$ref === "string") node = schemaAt(root, steps(node.$ref));
    const members = node.properties as Record<string, Schema> | undefined;
    node = (members && Object.hasOwn(members, step) ? members[step] : (node.items as Schema | undefined)) ?? {};
  }
  return typeof node.$ref === "string" ? schemaAt(root, steps(node.$ref)) : node;
}

/** Follows references of the schema into itself. */
function schemaAt(root: object, at: readonly string[]): Schema {
  let node: unknown = root;
  for (const step of at) {
    if (typeof node !== "object" || node === null) return {};
    const inner: unknown = (node as Schema)[step];
    node = step === "$ref" && typeof inner === "string" ? schemaAt(root, steps(inner)) : inner;
  }
  return typeof node === "object" && node !== null ? (node as Schema) : {};
}
