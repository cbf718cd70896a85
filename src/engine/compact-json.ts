/**
 * JSON text as the native engine writes it: no spaces, object keys in byte order (engine.md §0.4).
 * @module
 */

import { compareBytes } from "../base/bytes/byte-order.ts";
import type { Json } from "../contract/contract.ts";

export function compactJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(compactJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.keys(value).sort(compareBytes);
  return `{${members.map((key) => `${JSON.stringify(key)}:${compactJson(value[key] ?? null)}`).join(",")}}`;
}
