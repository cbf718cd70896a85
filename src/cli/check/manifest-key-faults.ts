/**
 * The keys of `skill.yaml` held against their schema, every fault with its position.
 * @module
 */
import { type KeySchema, manifestSchema } from "../../skills/manifest/schema.ts";
import { keyPath, type UnknownKey, unknownKeys } from "../../skills/manifest/unknown-keys.ts";
import type { YamlKeys, YamlValue } from "../../skills/yaml/yaml.ts";
import { error, type Finding } from "./finding.ts";
import type { ManifestText } from "./manifest-text.ts";

export function manifestKeyFaults(manifest: ManifestText): Finding[] {
  const found: Finding[] = [];
  visit(manifest, manifestSchema, manifest.value, [], found);
  for (const unknown of unknownKeys(manifest.value)) {
    const position = manifest.keyPosition([...unknown.within, unknown.key]);
    found.push(error(manifest.file, unknownKey(unknown), position));
  }
  return found;
}

function visit(manifest: ManifestText, schema: KeySchema, value: YamlValue, keys: YamlKeys, found: Finding[]): void {
  const say = (message: string) => found.push(error(manifest.file, message, manifest.position(keys)));
  const where = keyText(keys);
  const kind = kindOf(value);
  // As the engine reads it: nothing counts as an empty mapping or list.
  const present = value === null && (schema.type === "object" || schema.type === "array") ? "nothing" : kind;
  if (schema.type !== undefined && present !== "nothing" && present !== schema.type) {
    say(`${where}: expected ${article(schema.type)}, got ${shown(value)}${hintFor(schema, value)}`);
    return;
  }
  if (typeof value === "string") {
    const text = value.trim();
    if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(text)) {
      say(`${where}: ${JSON.stringify(value)} does not match ${schema.pattern}`);
    }
    if (schema.enum !== undefined && !schema.enum.includes(value)) {
      say(`${where}: ${JSON.stringify(value)} is none of ${schema.enum.join(", ")}`);
    }
  }
  if (typeof value === "number" && schema.minimum !== undefined && value < schema.minimum) {
    say(`${where}: ${value} is less than ${schema.minimum}`);
  }
  if (schema.type === "array") {
    const items = Array.isArray(value) ? value : [];
    if (items.length < (schema.minItems ?? 0)) say(`${where}: at least ${schema.minItems} has to be there`);
    const { items: each } = schema;
    if (each !== undefined) items.forEach((item, at) => void visit(manifest, each, item, [...keys, at], found));
  }
  if (schema.type === "object" && schema.properties !== undefined) {
    members(manifest, schema, value instanceof Map ? value : new Map(), keys, found);
  }
}

function members(
  manifest: ManifestText,
  { properties = {}, required = [] }: KeySchema,
  value: ReadonlyMap<YamlValue, YamlValue>,
  keys: YamlKeys,
  found: Finding[],
): void {
  for (const [key, member] of value) {
    const name = String(key);
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (known !== undefined) visit(manifest, known, member, [...keys, name], found);
  }
  for (const name of required) {
    if (value.has(name)) continue;
    const where = keys.length === 0 ? "" : `${keyText(keys)}: `;
    found.push(error(manifest.file, `${where}the key ${name} is missing`, manifest.position(keys)));
  }
}

function unknownKey({ within, key, known, near }: UnknownKey): string {
  if (within.length === 0 && key === "skill_id") {
    return "skill_id must not be declared: the skill's id is the name of its folder";
  }
  const hint = near === undefined ? `known keys: ${known.join(", ")}` : `did you mean ${near}?`;
  return `${keyPath([...within, key])}: there is no such key, so it does nothing; ${hint}`;
}

const keyText = (keys: YamlKeys): string => keyPath(keys) || "skill.yaml";

function kindOf(value: YamlValue): KeySchema["type"] | "number" | "nothing" {
  if (value === null) return "nothing";
  if (value instanceof Map) return "object";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value === "string" ? "string" : "boolean";
}

function article(type: NonNullable<KeySchema["type"]>): string {
  const words = { object: "a mapping", array: "a list", integer: "a whole number", boolean: "true or false" };
  return type === "string" ? "text" : words[type];
}

function shown(value: YamlValue): string {
  if (value === null) return "nothing";
  if (value instanceof Map) return "a mapping";
  if (Array.isArray(value)) return "a list";
  return typeof value === "string" ? JSON.stringify(value) : `the ${typeof value} ${String(value)}`;
}

function hintFor({ type }: KeySchema, value: YamlValue): string {
  if (type === "string" && (typeof value === "number" || typeof value === "boolean")) return "; put it in quotes";
  if (type === "boolean" && typeof value === "string" && /^(yes|no|on|off)$/i.test(value))
    return "; write true or false";
  return "";
}
