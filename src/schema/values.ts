/**
 * Data as a schema sees it: what came from Lua may be a large integer or bytes.
 * @module
 */
import type { Work } from "./work.ts";

export type JsonType = "null" | "boolean" | "number" | "string" | "array" | "object";
type Members = Readonly<Record<string, unknown>>;

export function typeOf(value: unknown): JsonType {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "array";
  if (value instanceof Uint8Array) return "string";
  const type = typeof value;
  if (type === "bigint") return "number";
  return type === "boolean" || type === "number" || type === "string" ? type : "object";
}

export function isInteger(value: unknown): boolean {
  return typeof value === "bigint" || Number.isInteger(value);
}

export function textOf(value: unknown): string {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value);
}

/** Equal values have equal texts, whatever the order of their members. */
export function canonicalText(value: unknown, work: Work): string {
  work.enter();
  work.spend(20);
  let text: string;
  switch (typeOf(value)) {
    case "array":
      text = `[${(value as readonly unknown[]).map((item) => canonicalText(item, work)).join()}]`;
      break;
    case "object":
      text = `{${Object.entries(value as Members)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, member]) => `${JSON.stringify(key)}:${canonicalText(member, work)}`)
        .join()}}`;
      break;
    case "string":
      text = JSON.stringify(textOf(value));
      break;
    default:
      // Zero has a sign, in JavaScript only.
      text = value === 0 ? "0" : String(value ?? null);
  }
  work.spend(text.length);
  work.leave();
  return text;
}

const longestShown = 60;

/** The value with its type, short. */
export function shown(value: unknown): string {
  const type = typeOf(value);
  if (type === "null") return "null";
  const text = brief(value, longestShown);
  return text.length > longestShown ? `${type} ${text.slice(0, longestShown)}…` : `${type} ${text}`;
}

/** JSON that ends somewhere behind `room` characters. */
function brief(value: unknown, room: number): string {
  switch (typeOf(value)) {
    case "array":
      return `[${list(value as readonly unknown[], room, brief)}]`;
    case "object": {
      const members = value as Members;
      return `{${list(Object.keys(members), room, (key, left) => `${brief(key, left)}:${brief(members[key], left)}`)}}`;
    }
    case "string":
      return JSON.stringify(
        (value instanceof Uint8Array ? textOf(value.subarray(0, room + 1)) : String(value)).slice(0, room + 1),
      );
    default:
      return String(value ?? null);
  }
}

function list<T>(items: readonly T[], room: number, text: (item: T, room: number) => string): string {
  let out = "";
  for (const item of items) {
    if (out.length > room) break;
    out += `${out === "" ? "" : ","}${text(item, room - out.length)}`;
  }
  return out;
}
