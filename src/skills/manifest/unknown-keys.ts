/**
 * Keys of `skill.yaml` that mean nothing. The native engine passes over them in silence, so a misspelt one is never found.
 * @module
 */
import { nearest } from "../../base/text/nearest.ts";
import type { YamlKeys, YamlValue } from "../yaml/yaml.ts";
import { type KeySchema, manifestSchema } from "./schema.ts";

export interface UnknownKey {
  /** The way to the mapping it stands in. */
  readonly within: YamlKeys;
  readonly key: string;
  /** The keys of that mapping. */
  readonly known: readonly string[];
  /** A known key that was probably meant. */
  readonly near: string | undefined;
}

export function unknownKeys(manifest: YamlValue): UnknownKey[] {
  const found: UnknownKey[] = [];
  visit(manifestSchema, manifest, [], found);
  return found;
}

function visit(schema: KeySchema, value: YamlValue, within: YamlKeys, found: UnknownKey[]): void {
  const { items, properties } = schema;
  if (Array.isArray(value) && items) value.forEach((item, at) => void visit(items, item, [...within, at], found));
  if (!(value instanceof Map) || !properties) return;
  for (const [name, member] of value) {
    const key = String(name);
    const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (known) visit(known, member, [...within, key], found);
    else if (schema.additionalProperties === false) {
      const keys = Object.keys(properties);
      found.push({ within, key, known: keys, near: nearest(key, keys) });
    }
  }
}

/** `entries[0].lua_entry` */
export function keyPath(keys: YamlKeys): string {
  const text = keys.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
  return text.replace(/^\./, "");
}

/** `entries[0].lua_entri is no key of skill.yaml (did you mean lua_entry?)` */
export function unknownKeyText({ within, key, near }: UnknownKey): string {
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  return `${keyPath([...within, key])} is no key of skill.yaml, so it has no effect${hint}`;
}
