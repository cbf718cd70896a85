import { readFile } from "node:fs/promises";
import { text as readAll } from "node:stream/consumers";
import type { JsonObject } from "../contract.ts";
import { LuaSkillsError } from "../errors.ts";

/** The arguments object: JSON text, `@file`, or `-` for stdin. @throws LuaSkillsError `invalid_argument` */
export async function callArguments(source: string | undefined): Promise<JsonObject> {
  if (source === undefined) return {};
  const text = await sourceText(source);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    throw wrong(`--args is not JSON: ${detail}. Quote it for your shell: --args '{"key": "value"}'`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const type = value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`;
    throw wrong(`--args must be a JSON object, got ${type}`);
  }
  return value as JsonObject;
}

async function sourceText(source: string): Promise<string> {
  if (source === "-") return readAll(process.stdin);
  if (!source.startsWith("@")) return source;
  try {
    return await readFile(source.slice(1), "utf8");
  } catch (thrown) {
    throw wrong(`--args ${source} cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

function wrong(message: string): LuaSkillsError {
  return new LuaSkillsError("invalid_argument", message);
}
