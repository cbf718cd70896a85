import { quoteJson } from "../../../base/text/quote-json.ts";
import { membersInOrder } from "../../../base/values/members.ts";
import { charge } from "../../../base/work.ts";
import type { LuaValue } from "../../../lua/interface.ts";

/** Compact; keys in byte order, so that equal tables give equal text. */
export function jsonText(value: LuaValue): string {
  charge(10, 8);
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? String(value) : "null";
    case "bigint":
    case "boolean":
      return String(value);
    case "string":
      charge(0, value.length);
      return quoteJson(value);
    case "object":
      if (value === null) return "null";
      if (value instanceof Uint8Array) return jsonText(new TextDecoder().decode(value));
      if (Array.isArray(value)) return `[${value.map(jsonText).join(",")}]`;
      return `{${membersInOrder(value as { readonly [name: string]: LuaValue })
        .map(([key, member]) => `${jsonText(key)}:${jsonText(member)}`)
        .join(",")}}`;
    default:
      return "null";
  }
}
