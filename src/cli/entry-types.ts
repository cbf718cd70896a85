import { isObject } from "../base/is-object.ts";
import type { EntryDescriptor, Json, JsonObject } from "../contract/contract.ts";

/** The arguments of entries as TypeScript: `SkillEntries["notes-add"]`, and a `callSkill` that knows them. */
export function entryTypes(entries: readonly EntryDescriptor[]): string {
  const members = entries.map(
    ({ name, description, inputSchema }) =>
      `${comment(description, "  ")}  ${JSON.stringify(name)}: ${typeOf(inputSchema, "  ")};`,
  );
  return `// Written by \`luaskills-wasm types\`; it is made anew, not edited.
import type { CallOptions, CallResult } from "luaskills-wasm";

/** Arguments of entries, by canonical name. */
export interface SkillEntries {
${members.join("\n")}
}

/** \`runtime.call\` of a runtime with these skills. */
export type CallSkill = <N extends keyof SkillEntries>(
  name: N,
  args: SkillEntries[N],
  options?: CallOptions,
) => Promise<CallResult>;
`;
}

function typeOf(schema: Json | undefined, indent: string): string {
  if (!isObject(schema)) return "unknown";
  if (Array.isArray(schema.enum)) return union(schema.enum.map((each) => JSON.stringify(each)));
  if ("const" in schema) return JSON.stringify(schema.const);
  for (const key of ["oneOf", "anyOf"]) {
    const choices = schema[key];
    if (Array.isArray(choices)) return union(choices.map((each) => typeOf(each, indent)));
  }
  if (Array.isArray(schema.type)) return union(schema.type.map((type) => typeOf({ ...schema, type }, indent)));
  switch (schema.type) {
    case "string":
    case "boolean":
    case "null":
      return schema.type;
    case "number":
    case "integer":
      return "number";
    case "array":
      return `ReadonlyArray<${typeOf(schema.items, indent)}>`;
    case "object":
      return objectType(schema, indent);
    default:
      return "unknown";
  }
}

function objectType({ properties, required, additionalProperties }: JsonObject, indent: string): string {
  const wanted = Array.isArray(required) ? required : [];
  const members = Object.entries(isObject(properties) ? properties : {}).map(([name, schema]) => {
    const about = isObject(schema) && typeof schema.description === "string" ? schema.description : "";
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
    const inner = `${indent}  `;
    return `${comment(about, inner)}${inner}${key}${wanted.includes(name) ? "" : "?"}: ${typeOf(schema, inner)};`;
  });
  if (members.length === 0) return additionalProperties === false ? "Record<string, never>" : "Record<string, unknown>";
  return `{\n${members.join("\n")}\n${indent}}`;
}

function union(types: readonly string[]): string {
  return types.length === 0 ? "never" : [...new Set(types)].join(" | ");
}

function comment(text: string, indent: string): string {
  const line = text.trim().replaceAll(/\s+/g, " ").replaceAll("*/", "*\\/");
  return line === "" ? "" : `${indent}/** ${line} */\n`;
}
