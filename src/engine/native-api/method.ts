/**
 * The shape of one function of the JSON API: the input is decoded first, then the function runs on an engine.
 * @module
 */
import type { InvocationContext, Json, SkillRoot } from "../../contract/contract.ts";
import { requestShape } from "../../host/call/context.ts";
import type { OptionReader } from "../../skills/options/option-reader.ts";
import type { Authority } from "../../skills/registry/registry.ts";
import type { EngineCore } from "../core.ts";
import type { EngineState } from "../state.ts";
import type { RunState } from "../vms/run-state.ts";

export interface MethodContext {
  readonly requestId?: number | undefined;
  readonly signal: AbortSignal;
  /** Full native name, for messages. */
  readonly fn: string;
}

export type JsonMethod = (input: OptionReader, context: MethodContext) => (engine: EngineState) => Json | Promise<Json>;

/** A refusal of the input that is not about its JSON; the message is the whole text. */
export class InvalidInput extends Error {}

/** The host-injected authority. Decode all else before: its absence is reported last. */
export function authorityOf(input: OptionReader, fn: string): Authority {
  const authority = input.optional("authority")?.oneOf("system", "delegated_tool");
  if (authority !== undefined) return authority;
  throw new InvalidInput(`${fn} requires host-injected authority: use 'system' or 'delegated_tool'`);
}

export function rootsOf(input: OptionReader): SkillRoot[] {
  return input.required("skill_roots").items().map(rootOf);
}

export function rootOf(root: OptionReader): SkillRoot {
  return { name: root.required("name").string(), skills_dir: root.required("skills_dir").string() };
}

/** Both payloads are required, whatever they are: what is no object counts as an empty one later (engine.md §1.9). */
export function invocationOf(input: OptionReader): InvocationContext {
  const context = input.optional("invocation_context");
  if (!context) return {};
  context.object();
  const request = context.optional("request_context")?.value as Json | undefined;
  requestShape(request);
  return {
    ...(request === undefined ? {} : { request_context: request as InvocationContext["request_context"] }),
    client_budget: context.required("client_budget").value as Json,
    tool_config: context.required("tool_config").value as Json,
  };
}

export function member(input: OptionReader, name: string): Json | undefined {
  return input.get(name)?.value as Json | undefined;
}

/**
 * The run of a request. `timeout_ms`, for which the native engine has no word here, asks for less time than the host gives,
 * never for more.
 */
export function runOf(input: OptionReader, origin: MethodContext): (core: EngineCore, skill?: string) => RunState {
  const asked = input.optional("timeout_ms")?.unsigned() || Number.POSITIVE_INFINITY;
  return ({ book, policy }, skill) => {
    const { callTimeoutMs } = policy.limitsOf(skill ?? null);
    return book.startRun({ ...origin, skill, timeoutMs: Math.min(asked, callTimeoutMs || Number.POSITIVE_INFINITY) });
  };
}
