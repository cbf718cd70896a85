import { readFile } from "node:fs/promises";
import { text as readAll } from "node:stream/consumers";
import { messageOf } from "../base/message-of.ts";
import { parseJson } from "../base/text/json-text.ts";
import type { JsonObject } from "../contract/contract.ts";
import { usageError } from "./usage-error.ts";

/** A JSON object an option gives: as text, `@file`, or `-` for stdin. @throws LuaSkillsError `invalid_argument` */
export async function jsonOption(
  option: "--args" | "--context",
  source: string | undefined,
): Promise<JsonObject | undefined> {
  if (source === undefined) return undefined;
  const text = await sourceText(option, source);
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (thrown) {
    const detail = messageOf(thrown);
    throw usageError(`${option} is not JSON: ${detail}. Quote it for your shell: ${option} '{"key": "value"}'`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const type = value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`;
    throw usageError(`${option} must be a JSON object, got ${type}`);
  }
  return value as JsonObject;
}

async function sourceText(option: string, source: string): Promise<string> {
  if (source === "-") return readAll(process.stdin);
  if (!source.startsWith("@")) return source;
  try {
    return await readFile(source.slice(1), "utf8");
  } catch (thrown) {
    throw usageError(`${option} ${source} cannot be read: ${messageOf(thrown)}`);
  }
}
