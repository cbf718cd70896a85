/**
 * What a model callback gave, as Lua gets it (vulcan-api.md §13.2). Loaded with the first model call.
 * @module
 */
import { isObject } from "../../base/is-object.ts";
import { messageOf } from "../../base/message-of.ts";
import type { Json, JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { type Answer, failure } from "./envelope.ts";

const codes = new Set([
  "model_unavailable",
  "invalid_argument",
  "provider_error",
  "timeout",
  "budget_exceeded",
  "internal_error",
]);

type Ask = () => Json | Promise<Json>;

export const embedding = (ask: Ask): Promise<Answer> => answer(ask, vectorOf);
export const completion = (ask: Ask): Promise<Answer> => answer(ask, textOf);

async function answer(ask: Ask, read: (body: JsonObject) => Answer | string): Promise<Answer> {
  let response: Json;
  try {
    response = await ask();
  } catch (error) {
    return thrown(error);
  }
  if (!isObject(response)) return failure("internal_error", "model callback must return an object");
  if (response.ok === false) return reported(isObject(response.error) ? response.error : {});
  const body = response.ok === true ? (response.value ?? response.result ?? response) : response;
  const value = isObject(body) ? read(body) : "model callback must return an object";
  return typeof value === "string" ? failure("internal_error", value) : value;
}

/** A callback may throw a ready error object, `{ code, message, … }`, or an Error that carries one, also as JSON text. */
function thrown(error: unknown): Answer {
  const message = messageOf(error);
  // A page's callback reaches a worker as a LuaSkillsError whose data is what the callback threw.
  const data = error instanceof LuaSkillsError ? error.data : undefined;
  for (const candidate of [data, error, parsed(message)]) {
    const fields = plainError(candidate);
    if (fields) return reported(fields);
  }
  return failure("internal_error", message);
}

function parsed(text: string): unknown {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function plainError(candidate: unknown): JsonObject | undefined {
  if (typeof candidate !== "object" || candidate === null) return undefined;
  const from = candidate as Record<string, unknown>;
  if (from.ok === false) return plainError(from.error);
  if (typeof from.code !== "string" || !(candidate instanceof Error ? codes.has(from.code) : true)) return undefined;
  return {
    code: from.code,
    message: typeof from.message === "string" ? from.message : null,
    provider_message: typeof from.provider_message === "string" ? from.provider_message : null,
    provider_code: typeof from.provider_code === "string" ? from.provider_code : null,
    provider_status: typeof from.provider_status === "number" ? from.provider_status : null,
  };
}

function reported(error: JsonObject): Answer {
  const code = typeof error.code === "string" && codes.has(error.code) ? error.code : "internal_error";
  const message = typeof error.message === "string" ? error.message : "model callback returned an error";
  return {
    ok: false,
    error: {
      code,
      message,
      provider_message: error.provider_message ?? null,
      provider_code: error.provider_code ?? null,
      provider_status: error.provider_status ?? null,
    },
  };
}

function vectorOf(body: JsonObject): Answer | string {
  const { vector } = body;
  if (!Array.isArray(vector) || vector.some((item) => typeof item !== "number")) {
    return "embedding callback must return a vector of numbers";
  }
  const dimensions = typeof body.dimensions === "number" ? body.dimensions : vector.length;
  // Elements are 32-bit floats widened to double (§13.2).
  return { ok: true, vector: vector.map((item) => Math.fround(Number(item))), dimensions, ...usage(body) };
}

function textOf(body: JsonObject): Answer | string {
  if (typeof body.assistant !== "string") return "llm callback must return assistant text";
  return { ok: true, assistant: body.assistant, ...usage(body) };
}

function usage(body: JsonObject): Answer {
  if (!isObject(body.usage)) return {};
  const out: Record<string, number> = {};
  for (const member of ["input_tokens", "output_tokens"]) {
    const value = body.usage[member];
    if (typeof value === "number") out[member] = value;
  }
  return { usage: out };
}
