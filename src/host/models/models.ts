/**
 * `vulcan.models` (vulcan-api.md §13.2, engine.md §12.5): model callbacks of the host behind envelopes that never raise.
 * @module
 */
import type { CallbackContext, JsonObject } from "../../contract/contract.ts";
import type { HostCallContext, LuaReader, Prelude } from "../../lua/interface.ts";
import { refusalMembers } from "../../policy/refusal.ts";
import { isBlank } from "../arguments.ts";
import type { EngineAccess } from "../run.ts";
import type { HostServices } from "../services.ts";
import { type Answer, failure } from "./envelope.ts";
import source from "./models.lua?raw";

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
      : failure("permission_denied", refusal.text, refusalMembers(refusal));
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
          return permitted("embed", context, async (ctx) =>
            (await import("./answer.ts")).embedding(() =>
              engine.whileWaiting(context.vm, async () => embed(request, ctx)),
            ),
          );
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
          return permitted("llm", context, async (ctx) =>
            (await import("./answer.ts")).completion(() =>
              engine.whileWaiting(context.vm, async () => llm(request, ctx)),
            ),
          );
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
