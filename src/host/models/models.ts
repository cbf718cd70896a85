/**
 * `vulcan.models` (vulcan-api.md §13.2, engine.md §12.5): model callbacks of the host behind envelopes that never raise.
 * @module
 */
import type { CallbackContext, Json, JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { HostCallContext, LuaReader, LuaValue, Prelude } from "../../lua/interface.ts";
import { isBlank } from "../arguments.ts";
import { isObject } from "../call/context.ts";
import type { EngineAccess } from "../run.ts";
import type { HostServices } from "../services.ts";
import source from "./models.lua?raw";

const codes = new Set([
  "model_unavailable",
  "invalid_argument",
  "provider_error",
  "timeout",
  "budget_exceeded",
  "internal_error",
]);

/** Positions of what models.lua passes: the count, two arguments, whether the context was readable, the caller. */
const firstText = 2;
const contextOk = 4;
const callerFields = [
  "skill_id",
  "entry_name",
  "canonical_tool_name",
  "root_name",
  "skill_dir",
  "client_name",
  "request_id",
] as const;

type Answer = { readonly [key: string]: LuaValue };

export function modelsPrelude(services: HostServices, engine: EngineAccess): Prelude {
  const { embed, llm } = services.callbacks;
  const caller = (args: LuaReader, { vm }: HostCallContext) =>
    trueCaller(engine, engine.ownerOf(vm), namedCaller(args));
  const permitted = async (
    capability: string,
    { vm, signal }: HostCallContext,
    work: (context: CallbackContext) => Promise<Answer>,
  ): Promise<Answer> => {
    const refusal = await engine.refusal(vm, "model.call", capability, signal);
    return refusal === undefined
      ? work({ signal, skill: engine.subjectOf(vm) })
      : failure("permission_denied", refusal);
  };
  return {
    name: "=vulcan.models",
    source,
    functions: {
      status: () => ({ ok: true, capabilities: { embed: embed !== undefined, llm: llm !== undefined } }),
      has: (args) => {
        const capability = args.number(1) === 1 ? args.text(2) : undefined;
        return (capability === "embed" && embed !== undefined) || (capability === "llm" && llm !== undefined);
      },
      embed: {
        waits: (args, context) => {
          const problem = argumentProblem(args, "embed", ["text"]);
          if (problem) return failure("invalid_argument", problem);
          const request = { text: args.text(firstText) ?? "", caller: caller(args, context) };
          if (!args.boolean(contextOk)) return contextUnreadable;
          if (!embed) return failure("model_unavailable", "embedding callback is not registered");
          return permitted("embed", context, (ctx) => answer((own) => embed(request, own), ctx, embedding));
        },
      },
      llm: {
        waits: (args, context) => {
          const problem = argumentProblem(args, "llm", ["system", "user"]);
          if (problem) return failure("invalid_argument", problem);
          const request = {
            system: args.text(firstText) ?? "",
            user: args.text(firstText + 1) ?? "",
            caller: caller(args, context),
          };
          if (!args.boolean(contextOk)) return contextUnreadable;
          if (!llm) return failure("model_unavailable", "llm callback is not registered");
          return permitted("llm", context, (ctx) => answer((own) => llm(request, own), ctx, completion));
        },
      },
    },
  };
}

const contextUnreadable = failure("internal_error", "vulcan.context is not readable");

function namedCaller(args: LuaReader): JsonObject {
  const out: JsonObject = {};
  for (const [i, field] of callerFields.entries()) out[field] = args.text(contextOk + 1 + i) ?? null;
  return out;
}

/** Lua may write whatever it likes about who runs (§6.1); an isolated skill still asks in its own name only. */
function trueCaller(engine: EngineAccess, owner: string | undefined, named: JsonObject): JsonObject {
  if (owner === undefined) return named;
  const tool = named.canonical_tool_name;
  const ownTool = typeof tool === "string" && engine.target(tool)?.skillId === owner;
  if (ownTool && named.skill_id === owner) return named;
  const nobody = { entry_name: null, canonical_tool_name: null, root_name: null, skill_dir: null };
  return { ...named, ...nobody, skill_id: owner === "" ? null : owner };
}

/** The text for `invalid_argument`, or undefined when all arguments are fine. */
function argumentProblem(args: LuaReader, name: string, params: readonly string[]): string | undefined {
  const fn = `vulcan.models.${name}`;
  const count = args.number(1);
  if (count !== params.length) return `${fn}: expected ${params.length} argument(s), got ${count}`;
  for (const [i, param] of params.entries()) {
    const index = firstText + i;
    if (args.type(index) !== "string") return `${fn}: ${param} must be a string, got ${args.type(index)}`;
    const text = args.text(index);
    if (text === undefined) return `${fn}: ${param} must be a valid UTF-8 string`;
    if (isBlank(text)) return `${fn}: ${param} must not be empty`;
    if (text.includes("\0")) return `${fn}: ${param} must not contain NUL bytes`;
  }
  return undefined;
}

async function answer(
  ask: (context: CallbackContext) => Json | Promise<Json>,
  context: CallbackContext,
  read: (body: JsonObject) => Answer | string,
): Promise<Answer> {
  let response: Json;
  try {
    response = await ask(context);
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
  const message = error instanceof Error ? error.message : String(error);
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

function failure(code: string, message: string): Answer {
  return { ok: false, error: { code, message } };
}

function embedding(body: JsonObject): Answer | string {
  const { vector } = body;
  if (!Array.isArray(vector) || vector.some((item) => typeof item !== "number")) {
    return "embedding callback must return a vector of numbers";
  }
  const dimensions = typeof body.dimensions === "number" ? body.dimensions : vector.length;
  // Elements are 32-bit floats widened to double (§13.2).
  return { ok: true, vector: vector.map((item) => Math.fround(Number(item))), dimensions, ...usage(body) };
}

function completion(body: JsonObject): Answer | string {
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
