/**
 * Requests of runtime leases (engine.md §10), decoded: a wrong shape is a decode error, a refused value has its own text.
 * @module
 */

import { isObject } from "../../base/is-object.ts";
import type { InvocationContext, Json, JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { trimText } from "../../host/arguments.ts";
import type { OptionReader } from "../../skills/options/option-reader.ts";

export type LeaseProfile = "public" | "system_lua_lib";

export interface CreateRequest {
  readonly sid: string;
  /** Undefined: forever. */
  readonly ttlSecs: number | undefined;
  readonly replace: boolean;
  readonly cwd: string | undefined;
  readonly workspaceRoot: string | undefined;
  readonly luaRoots: readonly string[];
  readonly cRoots: readonly string[];
  /** Not of the native engine: the entries that code of the lease may call; undefined: all. */
  readonly entries: ReadonlySet<string> | undefined;
}

/** How a request names a lease; sid and generation are checked when given. */
export interface LeaseAddress {
  readonly leaseId: string;
  readonly sid: string | undefined;
  readonly generation: number | undefined;
}

export interface EvalRequest extends LeaseAddress {
  readonly code: string;
  readonly args: Json;
  readonly timeoutMs: number;
  readonly context: InvocationContext;
  /** Not of the native engine: an error comes with its code and its data, as `error`. */
  readonly detailed: boolean;
}

const minTtl = 1;
const maxTtl = 3600;
const defaultTtl = 600;
const maxSidBytes = 128;
const defaultTimeoutMs = 60_000;

/** @throws LuaSkillsError `invalid_argument` */
export function decodeCreate(input: OptionReader, profile: LeaseProfile): () => CreateRequest {
  const sid = input.required("sid").string();
  const ttl = input.optional("ttl_sec")?.unsigned();
  const replace = input.get("replace")?.boolean() ?? false;
  const cwd = input.optional("cwd")?.string();
  const workspaceRoot = input.optional("workspace_root")?.string();
  const luaRoots = input.get("lua_roots")?.strings() ?? [];
  const cRoots = input.get("c_roots")?.strings() ?? [];
  const entries = input.optional("entries")?.strings();
  const mounts = input.optional("mounts")?.value;
  return () => {
    const request = {
      sid: validSid(sid),
      ttlSecs: lifetime(ttl, profile),
      replace,
      cwd: validPath(cwd, "cwd"),
      workspaceRoot: validPath(workspaceRoot, "workspace_root"),
      luaRoots: roots(luaRoots, "lua_roots"),
      cRoots: roots(cRoots, "c_roots"),
      entries: entries && new Set(entries),
    };
    if (mounts !== undefined && !isObject(mounts)) refuse("runtime lease mounts must be one JSON object when present");
    return request;
  };
}

/** @throws LuaSkillsError `invalid_argument` */
export function decodeAddress(input: OptionReader): () => LeaseAddress {
  const sid = decodeSid(input);
  const leaseId = input.required("lease_id").string();
  const generation = input.optional("generation")?.unsigned();
  return () => ({ leaseId, sid: sid(), generation });
}

/** An optional sid, by the rule of created ones. @throws LuaSkillsError `invalid_argument` */
export function decodeSid(input: OptionReader): () => string | undefined {
  const sid = input.optional("sid")?.string();
  return () => (sid === undefined ? undefined : validSid(sid));
}

/** @throws LuaSkillsError `invalid_argument` */
export function decodeEval(input: OptionReader, context: InvocationContext): () => EvalRequest {
  const address = decodeAddress(input);
  const code = input.required("code").string();
  const timeoutMs = input.get("timeout_ms")?.unsigned() ?? defaultTimeoutMs;
  const detailed = input.get("detailed")?.boolean() ?? false;
  const args = (input.get("args")?.value ?? {}) as Json;
  return () => {
    const named = address();
    if (timeoutMs === 0) refuse("runtime session eval timeout_ms must be greater than 0");
    return { ...named, code, args, timeoutMs, context, detailed };
  };
}

function validSid(text: string): string {
  const sid = trimText(text);
  if (sid === "") refuse("runtime session sid must not be empty");
  if (new TextEncoder().encode(sid).length > maxSidBytes)
    refuse(`runtime session sid must not exceed ${maxSidBytes} bytes`);
  if (sid.includes("\0")) refuse("runtime session sid must not contain NUL bytes");
  return sid;
}

function lifetime(ttl: number | undefined, profile: LeaseProfile): number | undefined {
  if (profile === "system_lua_lib") return ttl === undefined || ttl === 0 ? undefined : clamp(ttl);
  if (ttl === 0) refuse("runtime lease ttl_sec must be greater than 0");
  return ttl === undefined ? defaultTtl : clamp(ttl);
}

function clamp(ttl: number): number {
  return Math.min(Math.max(ttl, minTtl), maxTtl);
}

function validPath(text: string | undefined, field: string): string | undefined {
  if (text === undefined) return undefined;
  const path = trimText(text);
  if (path.includes("\0")) refuse(`${field} must not contain NUL bytes`);
  return path || undefined;
}

function roots(texts: readonly string[], field: string): string[] {
  return texts.map((text, i) => validPath(text, `${field}[${i}]`)).filter((root) => root !== undefined);
}

function refuse(message: string): never {
  throw new LuaSkillsError("invalid_argument", message);
}

/** `{ ok: false, error_code, message }`: an answer, not a failure of the call (§10.4). */
export function leaseFailure(code: string, message: string): JsonObject {
  return { ok: false, error_code: code, message };
}
