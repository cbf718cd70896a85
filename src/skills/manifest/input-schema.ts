/**
 * Input schemas of entries (spec engine.md §2.6): validation, and projection to and from `parameters`.
 * @module
 */

import { compareBytes, sortedObject } from "../../base/bytes/byte-order.ts";
import { isObject } from "../../base/is-object.ts";
import type { EntryDescriptor, Json, JsonObject } from "../../contract/contract.ts";

type Parameters = EntryDescriptor["parameters"];

/** What is wrong with an entry's schema, or undefined. `label` is `skill entry {entry} input_schema`. */
export function inputSchemaComplaint(schema: Json, label: string): string | undefined {
  try {
    checkNode(schema, label);
    if (!isObject(schema) || !Object.hasOwn(schema, "type"))
      throw new Complaint(`${label}.type must be present and equal to "object"`);
    if (schema.type !== "object") throw new Complaint(`${label}.type must be "object"`);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Complaint) return thrown.message;
    throw thrown;
  }
}

/** The schema of an entry that declares only `parameters`. */
export function schemaFromParameters(parameters: Parameters): JsonObject {
  const properties = parameters.map((parameter): [string, Json] => {
    const type = { type: parameter.param_type };
    return [
      parameter.name,
      parameter.description.trim() === "" ? type : { description: parameter.description, ...type },
    ];
  });
  const required = parameters.filter((parameter) => parameter.required).map((parameter) => parameter.name);
  return {
    properties: sortedObject(properties),
    ...(required.length === 0 ? {} : { required }),
    type: "object",
  };
}

/** The parameters of an entry that declares only a (valid) schema, sorted by name. */
export function parametersFromSchema(schema: JsonObject): Parameters {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.keys(properties)
    .sort(compareBytes)
    .map((name) => {
      const property = properties[name];
      const node = isObject(property) ? property : {};
      return {
        name,
        param_type: typeText(node),
        description: typeof node.description === "string" ? node.description : "",
        required: required.includes(name),
      };
    });
}

function typeText(node: JsonObject): string {
  if (typeof node.type === "string") return node.type;
  if (Array.isArray(node.type)) return node.type.join(" | ");
  if (Object.hasOwn(node, "properties")) return "object";
  if (Object.hasOwn(node, "items") || Object.hasOwn(node, "prefixItems")) return "array";
  if (["oneOf", "anyOf", "allOf"].some((key) => Object.hasOwn(node, key))) return "union";
  return "schema";
}

class Complaint extends Error {}

function checkNode(node: Json, label: string): void {
  if (!isObject(node)) throw new Complaint(`${label} must be one JSON object schema`);
  const member = (key: string): Json | undefined => (Object.hasOwn(node, key) ? node[key] : undefined);
  checkType(member("type"), `${label}.type`);
  checkNodeMap(member("properties"), `${label}.properties`);
  checkNodeMap(member("patternProperties"), `${label}.patternProperties`);
  checkNodeMap(member("$defs") ?? member("definitions"), `${label}.$defs`);
  checkRequired(member("required"), `${label}.required`);
  const enumeration = member("enum");
  if (enumeration !== undefined && !Array.isArray(enumeration)) throw new Complaint(`${label}.enum must be an array`);
  const items = member("items");
  if (Array.isArray(items)) checkNodeList(items, `${label}.items`);
  else if (isObject(items)) checkNode(items, `${label}.items`);
  else if (items !== undefined) throw new Complaint(`${label}.items must be one schema object or one schema array`);
  checkNodeList(member("prefixItems"), `${label}.prefixItems`);
  checkNodes(node, ["contains", "propertyNames"], label);
  const additional = member("additionalProperties");
  if (isObject(additional)) checkNode(additional, `${label}.additionalProperties`);
  else if (additional !== undefined && typeof additional !== "boolean")
    throw new Complaint(`${label}.additionalProperties must be one boolean or one schema object`);
  for (const key of ["oneOf", "anyOf", "allOf"]) checkNodeList(member(key), `${label}.${key}`);
  checkNodes(node, ["not", "if", "then", "else"], label);
}

function checkNodes(node: JsonObject, keys: readonly string[], label: string): void {
  for (const key of keys) {
    const child = Object.hasOwn(node, key) ? node[key] : undefined;
    if (child !== undefined) checkNode(child, `${label}.${key}`);
  }
}

function checkType(type: Json | undefined, label: string): void {
  if (type === undefined) return;
  if (typeof type === "string") {
    if (type.trim() === "") throw new Complaint(`${label} must not be empty`);
  } else if (Array.isArray(type)) {
    if (type.length === 0) throw new Complaint(`${label} must not be an empty array`);
    checkStrings(type, label);
  } else {
    throw new Complaint(`${label} must be one string or one string array`);
  }
}

function checkRequired(required: Json | undefined, label: string): void {
  if (required === undefined) return;
  if (!Array.isArray(required)) throw new Complaint(`${label} must be an array of strings`);
  checkStrings(required, label);
}

function checkStrings(items: Json[], label: string): void {
  for (const [i, item] of items.entries()) {
    if (typeof item !== "string") throw new Complaint(`${label}[${i}] must be one string`);
    if (item.trim() === "") throw new Complaint(`${label}[${i}] must not be empty`);
  }
}

function checkNodeMap(map: Json | undefined, label: string): void {
  if (map === undefined) return;
  if (!isObject(map)) throw new Complaint(`${label} must be an object`);
  for (const key of Object.keys(map).sort(compareBytes)) {
    if (key.trim() === "") throw new Complaint(`${label} must not contain empty property names`);
    checkNode(map[key] ?? null, `${label}.${key}`);
  }
}

function checkNodeList(list: Json | undefined, label: string): void {
  if (list === undefined) return;
  if (!Array.isArray(list)) throw new Complaint(`${label} must be an array of schema objects`);
  if (list.length === 0) throw new Complaint(`${label} must not be empty`);
  for (const [i, item] of list.entries()) checkNode(item, `${label}[${i}]`);
}
