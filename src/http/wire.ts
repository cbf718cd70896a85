/**
 * What a remote client and an engine behind HTTP say to each other: paths, and JSON that also carries bytes.
 * `http/client` speaks one side, `http/server` the other.
 * @module
 */
import { decodeBase64, encodeBase64 } from "../base/bytes/base64.ts";
import type { Capabilities } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import type { Outcome } from "../wire/outcome.ts";
import type { EventMessage, RegistryMessage, RegistrySnapshot } from "../wire/protocol.ts";

export const remotePaths = {
  /** GET: {@link RemoteStart} */
  start: "/v1/start",
  /** POST an EngineRequest: a stream of {@link RemoteLine}, the outcome last. */
  request: "/v1/request",
  /** GET: a stream of {@link RemoteLine} with what belongs to no request. */
  events: "/v1/events",
} as const;

export interface RemoteStart {
  readonly capabilities: Capabilities;
  readonly snapshot: RegistrySnapshot;
}

/** One server-sent event's data. */
export type RemoteLine =
  | { readonly type: "message"; readonly message: EventMessage | RegistryMessage }
  | { readonly type: "outcome"; readonly outcome: Outcome };

const bytesTag = "$bytes";
const numberTag = "$number";
const escapeTag = "$value";

/**
 * JSON text in which a Uint8Array is `{"$bytes": base64}`, a bigint `{"$number": "1n"}`, what is not finite
 * `{"$number": "Infinity"}`; an object that looks like a tag is wrapped in `{"$value": …}`. `strict` refuses what JSON would
 * change or leave out unasked, as a worker's border and Lua's do.
 * @throws LuaSkillsError `invalid_argument`
 */
export function encodeWire(value: unknown, strict = false): string {
  return JSON.stringify(value, function (this: unknown, key, given: unknown) {
    // What JSON.stringify hands over has been through toJSON, as Node's Buffers have; the holder has the value itself.
    const each = (this as Readonly<Record<string, unknown>>)[key];
    if (each instanceof Uint8Array) return { [bytesTag]: encodeBase64(each) };
    if (typeof each === "bigint") return { [numberTag]: `${each}n` };
    if (typeof each === "number" && !Number.isFinite(each)) return { [numberTag]: String(each) };
    if (strict && !isJson(each)) throw unsendable(each, key);
    if (looksTagged(each) && !(key === escapeTag && looksEscaped(this))) return { [escapeTag]: each };
    return given;
  });
}

function isJson(value: unknown): boolean {
  if (typeof value === "function" || typeof value === "symbol") return false;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function unsendable(value: unknown, key: string): LuaSkillsError {
  const kind = typeof value === "object" ? (value?.constructor?.name ?? "object") : typeof value;
  return new LuaSkillsError("invalid_argument", `${key}: a value of type ${kind} cannot be sent; pass JSON values`);
}

export function decodeWire(text: string): unknown {
  return JSON.parse(text, function (this: unknown, key, each: unknown) {
    if (!looksTagged(each)) return each;
    // The inside of an escape is data, however it looks.
    if (key === escapeTag && looksEscaped(this)) return each;
    const [tag] = Object.keys(each);
    const inner = each[tag ?? ""];
    if (tag === escapeTag) return inner;
    if (typeof inner !== "string") return each;
    return tag === numberTag ? toNumber(inner) : decodeBase64(inner);
  });
}

function looksTagged(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && [bytesTag, numberTag, escapeTag].includes(keys[0] ?? "");
}

function looksEscaped(holder: unknown): boolean {
  return looksTagged(holder) && Object.hasOwn(holder, escapeTag);
}

/** 64 bits have nineteen digits; what is longer would cost more to read than any value is worth. */
const integer = /^-?\d{1,20}n$/;
const special: ReadonlySet<string> = new Set(["NaN", "Infinity", "-Infinity"]);

function toNumber(text: string): number | bigint {
  if (integer.test(text)) return BigInt(text.slice(0, -1));
  if (special.has(text)) return Number(text);
  throw new LuaSkillsError(
    "invalid_argument",
    `{"${numberTag}": ${JSON.stringify(text.slice(0, 40))}} is no number: it is an integer of at most 64 bits with "n" behind it, or "NaN", "Infinity", "-Infinity"`,
  );
}
