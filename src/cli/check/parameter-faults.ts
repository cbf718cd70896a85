import { isObject } from "../../base/is-object.ts";
import type { Json } from "../../contract/contract.ts";
import type { CheckedManifest } from "./checked-manifest.ts";
import { type Finding, warning } from "./finding.ts";

const jsonTypes = new Set(["string", "number", "integer", "boolean", "object", "array", "null"]);
/** What Anthropic takes; the others take more. */
const vendorKey = /^[a-zA-Z0-9_.-]{1,64}$/;

/** Arguments that run here and that a vendor of models would refuse. */
export function parameterFaults({ manifest, position }: CheckedManifest): Finding[] {
  const found: Finding[] = [];
  for (const [at, entry] of manifest.entries.entries()) {
    const say = (key: string, text: string) =>
      found.push(warning("skill.yaml", `entry ${entry.name}: ${text}`, position(["entries", at, key])));
    for (const parameter of entry.parameters) {
      if (!vendorKey.test(parameter.name)) say("parameters", refusedKey(parameter.name));
      if (!jsonTypes.has(parameter.param_type)) say("parameters", refusedType(parameter.name, parameter.param_type));
      if (parameter.param_type === "array") say("parameters", noItems(parameter.name));
    }
    if (entry.inputSchema !== undefined) vendorFaults(entry.inputSchema, "", (text) => say("input_schema", text));
  }
  return found;
}

function vendorFaults(schema: Json, name: string, say: (text: string) => void): void {
  if (!isObject(schema)) return;
  const { type, properties, items } = schema;
  for (const each of [type].flat()) {
    if (typeof each === "string" && !jsonTypes.has(each)) say(refusedType(name, each));
  }
  if (type === "array" && items === undefined && schema.prefixItems === undefined) say(noItems(name));
  if (isObject(items)) vendorFaults(items, `${name}[]`, say);
  for (const [key, member] of Object.entries(isObject(properties) ? properties : {})) {
    if (!vendorKey.test(key)) say(refusedKey(key));
    vendorFaults(member, name === "" ? key : `${name}.${key}`, say);
  }
}

function refusedKey(name: string): string {
  return `some vendors refuse the argument's name ${JSON.stringify(name)}; use letters, digits, _ . - and at most 64 of them`;
}

function refusedType(name: string, type: string): string {
  return `argument ${name}: ${JSON.stringify(type)} is no type of JSON Schema; vendors take ${[...jsonTypes].join(", ")}`;
}

function noItems(name: string): string {
  return `argument ${name}: vendors refuse a list that does not say what is in it; give its items in input_schema`;
}
