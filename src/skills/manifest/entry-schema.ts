/**
 * The schema of an entry as a tool shows it (spec engine.md §14).
 * @module
 */
import { isObject } from "../../base/is-object.ts";
import type { EntryDescriptor, JsonObject, ToolInputSchema } from "../../contract/contract.ts";

/** Arguments hosts with a stable identity fill in themselves. */
export const managedArguments = ["LUASKILL_SID", "PWD"] as const;

/**
 * The input schema without the arguments a host injects: they leave `properties` and `required`. The descriptor stays as
 * it is.
 * @example
 * const visible = projectEntrySchema(entry, { hide: ["LUASKILL_SID"] });
 */
export function projectEntrySchema(
  descriptor: Pick<EntryDescriptor, "inputSchema">,
  options: { readonly hide?: readonly string[] } = {},
): ToolInputSchema {
  const hidden = new Set(options.hide ?? []);
  const { properties, required, ...rest } = descriptor.inputSchema as JsonObject;
  const schema: JsonObject & { type: "object" } = { ...rest, type: "object" };
  if (isObject(properties))
    schema.properties = Object.fromEntries(Object.entries(properties).filter(([name]) => !hidden.has(name)));
  else if (properties !== undefined) schema.properties = properties;
  const visible = Array.isArray(required)
    ? required.filter((name) => typeof name !== "string" || !hidden.has(name))
    : required;
  if (visible !== undefined && !(Array.isArray(visible) && visible.length === 0)) schema.required = visible;
  return schema as ToolInputSchema;
}
