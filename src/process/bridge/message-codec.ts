/**
 * Messages of the bridge as WebSocket frames. Without bytes a message is a text frame of JSON. With bytes it is a binary
 * frame: the length of the JSON (32 bits, little endian), the JSON, then the bytes one after the other.
 *
 * In the JSON `{"$bytes":[offset,length]}` stands for a Uint8Array, `{"$int":"-5"}` for a bigint and `{"$float":"NaN"}` for a number
 * that JSON has not (`Infinity`, `-Infinity`, `-0`). An object of the message
 * whose only key begins with `$` is written `{"$object":[key,value]}`, so nothing of a skill's can pass for either.
 * @module
 */
import { concatBytes } from "../../base/bytes/concat-bytes.ts";
import { LuaSkillsError } from "../../errors.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });
/** As deep as a message may be nested: the deepest value that leaves Lua, and some. */
const deepest = 256;

export function encodeMessage(message: object): string | Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const json = JSON.stringify(pack(message, parts, { length: 0 }, 0));
  if (parts.length === 0) return json;
  const head = encoder.encode(json);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, head.length, true);
  return concatBytes([length, head, ...parts]);
}

/** @throws LuaSkillsError `bridge_error` for a frame that is none of ours */
export function decodeMessage(frame: string | Uint8Array): unknown {
  try {
    if (typeof frame === "string") return unpack(JSON.parse(frame), new Uint8Array(0), 0);
    const head = new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(0, true);
    if (4 + head > frame.length) throw new RangeError("the frame is shorter than its JSON");
    const json = decoder.decode(frame.subarray(4, 4 + head));
    return unpack(JSON.parse(json), frame.subarray(4 + head), 0);
  } catch (cause) {
    throw new LuaSkillsError("bridge_error", "a message on the bridge's connection cannot be read", { cause });
  }
}

function pack(value: unknown, parts: Uint8Array[], total: { length: number }, depth: number): unknown {
  if (typeof value === "number") return isJson(value) ? value : { $float: Object.is(value, -0) ? "-0" : String(value) };
  if (typeof value === "bigint") return { $int: String(value) };
  if (typeof value !== "object" || value === null) return value;
  if (depth > deepest) throw new LuaSkillsError("invalid_argument", "a value for the bridge is nested too deeply");
  if (value instanceof Uint8Array) {
    parts.push(value);
    const offset = total.length;
    total.length += value.length;
    return { $bytes: [offset, value.length] };
  }
  if (Array.isArray(value)) return value.map((item) => pack(item, parts, total, depth + 1));
  const out = empty();
  const entries = Object.entries(value);
  for (const [key, item] of entries) if (item !== undefined) out[key] = pack(item, parts, total, depth + 1);
  const [only] = entries;
  return entries.length === 1 && only?.[0].startsWith("$") ? { $object: [only[0], out[only[0]]] } : out;
}

function unpack(value: unknown, bytes: Uint8Array, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth > deepest) throw new RangeError("nested too deeply");
  if (Array.isArray(value)) return value.map((item) => unpack(item, bytes, depth + 1));
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only?.[0].startsWith("$")) return special(only[0], only[1], bytes, depth);
  const out = empty();
  for (const [key, item] of entries) out[key] = unpack(item, bytes, depth + 1);
  return out;
}

function special(key: string, value: unknown, bytes: Uint8Array, depth: number): unknown {
  if (key === "$int" && typeof value === "string" && /^-?\d{1,40}$/.test(value)) return BigInt(value);
  if (key === "$float" && typeof value === "string" && /^(?:NaN|-?Infinity|-0)$/.test(value)) return Number(value);
  if (!Array.isArray(value) || value.length !== 2) throw new RangeError(`a bad ${key}`);
  const [first, second] = value as [unknown, unknown];
  if (key === "$object" && typeof first === "string") {
    return Object.assign(empty(), { [first]: unpack(second, bytes, depth + 1) });
  }
  if (key === "$bytes" && isSize(first) && isSize(second) && first + second <= bytes.length) {
    // The receiver's own copy: it may outlive the frame, and fill a buffer of its own.
    return bytes.slice(first, first + second);
  }
  throw new RangeError(`a bad ${key}`);
}

/** Names come from skills: an object without a prototype takes `__proto__` as any other. */
const empty = (): Record<string, unknown> => Object.create(null);

const isJson = (value: number) => Number.isFinite(value) && !Object.is(value, -0);

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
