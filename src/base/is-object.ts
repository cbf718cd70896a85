import type { JsonObject } from "../contract/json.ts";

/** A table of members: neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
