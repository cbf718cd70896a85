import { parse as parsePartial } from "partial-json";
import type { Json, JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { misfit } from "../tools/arguments.ts";
import { generateText } from "./generate-text.ts";
import type { GenerateRequest, Generator } from "./generator.ts";

/**
 * An answer that fits a JSON Schema. What comes is parsed, also when it is cut short or fenced, and checked; a model that
 * misses is shown its mistake once.
 * @throws LuaSkillsError `invalid_result` when the second answer misses, too
 */
export async function generateJson(generator: Generator, request: GenerateRequest, schema: JsonObject): Promise<Json> {
  const asked = generator.schemaMode ? { ...request, schema } : withSchema(request, schema);
  const first = await generateText(generator, asked);
  const answer = await read(first, schema);
  if (answer.reason === undefined) return answer.value;
  const second = await generateText(generator, {
    ...asked,
    messages: [
      ...request.messages,
      { role: "model", contents: [{ type: "text", value: first }] },
      {
        role: "user",
        contents: [
          {
            type: "text",
            value: `That is not what was asked for: ${answer.reason}. Answer again with nothing but JSON.`,
          },
        ],
      },
    ],
  });
  const repaired = await read(second, schema);
  if (repaired.reason === undefined) return repaired.value;
  throw new LuaSkillsError(
    "invalid_result",
    `generate_json: the model's answer does not fit the schema: ${repaired.reason}`,
    {
      data: { reason: repaired.reason, answer: second },
    },
  );
}

function withSchema(request: GenerateRequest, schema: JsonObject): GenerateRequest {
  const rule = `Answer with nothing but JSON that fits this JSON Schema:\n${JSON.stringify(schema)}`;
  return { ...request, system: request.system === "" ? rule : `${request.system}\n\n${rule}` };
}

/** The value of a text, or why there is none. */
async function read(text: string, schema: JsonObject): Promise<{ value: Json; reason?: string }> {
  const fenced = /```(?:json)?\s*\n([\s\S]*?)(?:\n\s*```|$)/.exec(text)?.[1] ?? text;
  const start = fenced.search(/[[{]/);
  let value: Json;
  try {
    value = JSON.parse(fenced) as Json;
  } catch {
    try {
      value = parsePartial(start < 0 ? fenced : fenced.slice(start)) as Json;
    } catch (error) {
      return { value: null, reason: `it is not JSON (${(error as Error).message})` };
    }
  }
  return { value, reason: await misfit(schema, value) };
}
