/**
 * The request context in its own shape (engine.md §1.9) and what the engine reads out of it.
 * @module
 */
import { isObject } from "../../base/is-object.ts";
import type { InvocationContext, Json, JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { LuaValue } from "../../lua/interface.ts";
import { trimText } from "../arguments.ts";

/** What a VM is populated with: fresh data, ready for the walker. Undefined members leave the neutral value. */
export interface RequestScope {
  readonly request: JsonObject | undefined;
  readonly budget: JsonObject | undefined;
  readonly config: JsonObject | undefined;
}

/** engine.md §1.9, last table: what a request allows in the fourth return value. */
export interface HostResultPolicy {
  readonly enabled: boolean;
  /** Empty: every kind. */
  readonly allowedKinds: readonly string[];
  readonly maxPayloadBytes: number | undefined;
}

const neutralScope: RequestScope = { request: undefined, budget: undefined, config: undefined };
const noHostResult: HostResultPolicy = { enabled: false, allowedKinds: [], maxPayloadBytes: undefined };

const textFields = ["request_id", "client_name", "transport_name", "session_id"] as const;
const clientFields = ["kind", "name", "version"] as const;

function copyTexts(source: JsonObject, fields: readonly string[], path: string, out: JsonObject): JsonObject {
  for (const field of fields) {
    const value = source[field];
    if (value === undefined || value === null) continue;
    if (typeof value !== "string") {
      throw new LuaSkillsError("invalid_argument", `${path}.${field} must be a string, got ${typeof value}`);
    }
    out[field] = value;
  }
  return out;
}

/** @throws LuaSkillsError `invalid_argument` naming the member with the wrong type */
export function requestScope(context: InvocationContext | undefined): RequestScope {
  if (!context) return neutralScope;
  return {
    request: requestShape(context.request_context),
    budget: isObject(context.client_budget) ? context.client_budget : undefined,
    config: isObject(context.tool_config) ? context.tool_config : undefined,
  };
}

/** @throws LuaSkillsError `invalid_argument` */
export function requestShape(source: Json | undefined): JsonObject | undefined {
  if (source === undefined || source === null) return undefined;
  if (!isObject(source)) throw new LuaSkillsError("invalid_argument", "request_context must be an object");
  const out = copyTexts(source, textFields, "request_context", {});
  const info = source.client_info;
  if (info !== undefined && info !== null) {
    if (!isObject(info)) throw new LuaSkillsError("invalid_argument", "request_context.client_info must be an object");
    out.client_info = copyTexts(info, clientFields, "request_context.client_info", {});
  }
  out.client_capabilities = source.client_capabilities ?? {};
  return out;
}

/** The bridge of vulcan-api.md §3.6 as this request opens it. */
export function hostResultPolicy(scope: RequestScope): HostResultPolicy {
  const capabilities = scope.request?.client_capabilities;
  const wanted = isObject(capabilities) ? capabilities.host_result : undefined;
  if (!isObject(wanted)) return noHostResult;
  const kinds = Array.isArray(wanted.allowed_kinds) ? wanted.allowed_kinds : [];
  const limit = wanted.max_payload_bytes;
  return {
    enabled: wanted.enabled === true,
    allowedKinds: kinds
      .filter((kind) => typeof kind === "string")
      .map(trimText)
      .filter((kind) => kind !== ""),
    maxPayloadBytes: typeof limit === "number" && Number.isSafeInteger(limit) && limit > 0 ? limit : undefined,
  };
}

/** The argument of an entry is always a table: a scalar yields an empty one (vulcan-api.md §2.2). */
export function argumentTable(args: unknown): LuaValue {
  // A function is no scalar: the border refuses it by name.
  return Object(args) === args || typeof args === "symbol" ? (args as LuaValue) : {};
}
