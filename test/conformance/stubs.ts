import type { HostCallbacks, Json, JsonObject } from "../../src/contract/contract.ts";
import type { HostStubs } from "./case-format.ts";
import type { Gates } from "./gates.ts";
import { httpStub } from "./http-stub.ts";

/** What a tool may do beside answering. */
export interface ToolWorld {
  readonly gates: Gates;
  /** Calls an entry of the runtime that called the tool; its content. */
  call(entry: string, args: JsonObject): Promise<Json>;
}

/** Makes the callbacks a case asks for; a stub left out has no callback. */
export function hostCallbacks(stubs: HostStubs, world: ToolWorld): HostCallbacks {
  const { tools, skill_management: management, models, databases } = stubs;
  return {
    ...(tools === undefined ? {} : { hostTool: (request) => hostTool(tools, request, world) }),
    ...(management === undefined
      ? {}
      : { skillManagement: (request) => answer(management, request as unknown as JsonObject) }),
    ...(models?.embed === undefined
      ? {}
      : { embed: (request) => answer(models.embed as Json, request as unknown as JsonObject) }),
    ...(models?.llm === undefined
      ? {}
      : { llm: (request) => llm(models.llm as Json, request as unknown as JsonObject) }),
    ...(databases?.sqlite === undefined ? {} : { sqliteProvider: (request) => database(databases.sqlite, request) }),
    ...(databases?.lancedb === undefined ? {} : { lancedbProvider: (request) => lancedb(databases.lancedb, request) }),
    // Always given: without a stub the answer is a network failure, never the real network.
    fetch: httpStub(stubs.http ?? {}),
  };
}

function hostTool(
  tools: Readonly<Record<string, Json>>,
  request: { action: string; tool_name: string | null; args: JsonObject },
  world: ToolWorld,
): Json | Promise<Json> {
  const name = request.tool_name ?? "";
  const known = Object.hasOwn(tools, name);
  switch (request.action) {
    case "list":
      return Object.keys(tools).sort(byBytes);
    case "has": {
      const rule = known ? ruleOf(tools[name] as Json) : undefined;
      return rule && Object.hasOwn(rule, "$has") ? (rule.$has as Json) : known;
    }
    case "call":
      if (!known) throw new Error("unknown tool");
      return toolAnswer(tools[name] as Json, request.args, world);
    default:
      throw new Error(`unknown host tool action ${request.action}`);
  }
}

/** As {@link answer}; `{ $hold: gate, value }` answers when the gate is released, `{ $call: entry }` with what that entry says. */
function toolAnswer(stub: Json, args: JsonObject, { gates, call }: ToolWorld): Json | Promise<Json> {
  const rule = ruleOf(stub);
  if (typeof rule?.$hold === "string") return gates.pass(rule.$hold).then(() => answer(rule.value ?? null, args));
  if (typeof rule?.$call === "string") return call(rule.$call, args);
  return answer(stub, args);
}

/** A plain value, `{ $throw: text }` or `{ $echo: true }`. */
function answer(stub: Json, request: Json): Json {
  const rule = ruleOf(stub);
  if (typeof rule?.$throw === "string") throw new Error(rule.$throw);
  return rule?.$echo === true ? request : stub;
}

function llm(stub: Json, request: JsonObject): Json {
  if (ruleOf(stub)?.$echo !== true) return answer(stub, request);
  const { caller, system, user } = request;
  return { assistant: JSON.stringify(sorted({ caller: caller ?? null, system: system ?? null, user: user ?? null })) };
}

function database(stub: Json | undefined, request: JsonObject): Json {
  const rule = ruleOf(stub ?? null);
  // The literal text of a JSON-mode answer: the engine parses a string answer in that mode.
  if (typeof rule?.$json === "string") return rule.$json;
  return answer(stub ?? null, request);
}

function lancedb(stub: Json | undefined, request: JsonObject): Json {
  return ruleOf(stub ?? null)?.$echo === true ? { meta: request } : database(stub, request);
}

function ruleOf(stub: Json): JsonObject | undefined {
  return typeof stub === "object" && stub !== null && !Array.isArray(stub) ? stub : undefined;
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort(byBytes)
      .map((key) => [key, sorted(value[key] ?? null)]),
  );
}

/** UTF-8 order, which is code point order. */
export function byBytes(a: string, b: string): number {
  const [x, y] = [[...a], [...b]];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const difference = (x[i]?.codePointAt(0) ?? 0) - (y[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return x.length - y.length;
}
