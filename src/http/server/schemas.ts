/**
 * The shapes of the HTTP surface, once: requests are validated with them, openapi.ts publishes them.
 * @module
 */
import { misfitsOf, misfitText } from "../../client/misfits.ts";
import type { CallResult, JsonObject } from "../../contract/contract.ts";
import { errorCodes, LuaSkillsError } from "../../errors.ts";
import { schemaValidators } from "../../schema/validator.ts";

const json = {} as const;
const object = { type: "object" } as const;
const text = { type: "string" } as const;

/** A call over HTTP: `Runtime.call` as one object. */
export const callSchema = {
  type: "object",
  properties: {
    name: { ...text, minLength: 1, description: "canonical name of the entry, e.g. notes-add" },
    args: { ...object, description: "the table the entry is called with" },
    context: {
      ...object,
      description: "invocation context: request_context, client_budget, tool_config",
      properties: { request_context: json, client_budget: json, tool_config: json },
      additionalProperties: false,
    },
    timeoutMs: { type: "number", minimum: 0, description: "milliseconds; 0 = as long as the host gives" },
  },
  required: ["name"],
  additionalProperties: false,
} as const;

export const callResultSchema = {
  type: "object",
  properties: {
    content: text,
    overflowMode: { enum: ["Truncate", "Page", null] },
    templateHint: { type: ["string", "null"] },
    contentBytes: { type: "integer" },
    contentLines: { type: "integer" },
    hostResult: { type: "object", properties: { kind: text, payload: json }, required: ["kind", "payload"] },
    usage: {
      type: "object",
      properties: {
        ms: { type: "number" },
        runMs: { type: "number" },
        waitMs: { type: "number" },
        instructions: { type: "number" },
        peakBytes: { type: "number" },
        bytesWritten: { type: "integer" },
        sqlRows: { type: "integer" },
      },
      required: ["ms", "runMs", "waitMs", "instructions", "peakBytes", "bytesWritten", "sqlRows"],
    },
  } satisfies Record<keyof CallResult, unknown>,
  required: ["content", "overflowMode", "templateHint", "contentBytes", "contentLines", "usage"],
} as const;

const entrySchema = {
  type: "object",
  properties: {
    name: text,
    skillId: text,
    localName: text,
    rootName: text,
    skillDir: text,
    description: text,
    parameters: { type: "array", items: object },
    inputSchema: object,
  },
  required: ["name", "skillId", "localName", "rootName", "skillDir", "description", "parameters", "inputSchema"],
} as const;

export const entriesSchema = {
  type: "object",
  properties: { entries: { type: "array", items: entrySchema }, problems: { type: "array", items: object } },
  required: ["entries", "problems"],
} as const;

export const errorSchema = {
  type: "object",
  properties: {
    error: {
      type: "object",
      properties: {
        code: { enum: errorCodes },
        message: text,
        data: object,
        luaTraceback: text,
        cause: text,
      },
      required: ["code", "message"],
    },
  },
  required: ["error"],
} as const;

/** The native JSON API takes any object; what each function needs is in spec engine.md §11.2. */
export const jsonApiSchema = object;

export interface CallBody {
  readonly name: string;
  readonly args?: JsonObject;
  readonly context?: JsonObject;
  readonly timeoutMs?: number;
}

const validatorOf = schemaValidators();

/** @throws LuaSkillsError `invalid_argument` naming the members and what is wrong with them */
export async function validateBody<T>(schema: object, body: unknown): Promise<T> {
  const misfits = misfitsOf(await validatorOf(schema), body, "the body");
  if (misfits.length === 0) return body as T;
  throw new LuaSkillsError("invalid_argument", `the request body is not what this path takes: ${misfitText(misfits)}`, {
    data: { problems: misfits },
  });
}
