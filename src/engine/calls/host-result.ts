/**
 * The fourth return value of an entry (vulcan-api.md §3.6, engine.md §7.3).
 * @module
 */

import { isObject } from "../../base/is-object.ts";
import type { CallResult, Json } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { trimText } from "../../host/arguments.ts";
import type { HostResultPolicy } from "../../host/call/context.ts";
import { compactJson } from "../compact-json.ts";
import { ChangeSetError, normalizeChangeSet, validateChangeSet } from "./change-set.ts";

/**
 * `json` is the JSON text of the returned value.
 * @throws LuaSkillsError `invalid_result`
 */
export function hostResult(tool: string, json: string, policy: HostResultPolicy): CallResult["hostResult"] {
  const refuse = (complaint: string): never => {
    throw new LuaSkillsError("invalid_result", `Lua skill '${tool}' ${complaint}`, { data: { entry: tool } });
  };
  const value = JSON.parse(json) as Json;
  if (!isObject(value)) return refuse("must return host_result as an object with kind and payload");
  const kind = typeof value.kind === "string" ? trimText(value.kind) : "";
  if (kind === "") return refuse("must return host_result.kind as one non-empty string");
  if (policy.allowedKinds.length > 0 && !policy.allowedKinds.includes(kind)) {
    return refuse(`returned host_result.kind '${kind}' which is not allowed by the host`);
  }
  if (value.payload === undefined) return refuse("must return host_result.payload when host_result is enabled");
  const payload = kind === "change_set" ? normalizeChangeSet(value.payload) : value.payload;
  const limit = policy.maxPayloadBytes;
  if (limit !== undefined) {
    const size = new TextEncoder().encode(compactJson(payload)).length;
    if (size > limit) return refuse(`returned host_result payload ${size} bytes larger than host limit ${limit}`);
  }
  if (kind === "change_set") check(payload, refuse);
  return { kind, payload };
}

function check(payload: Json, refuse: (complaint: string) => never): void {
  try {
    validateChangeSet(payload);
  } catch (error) {
    if (error instanceof ChangeSetError) refuse(error.message);
    throw error;
  }
}
