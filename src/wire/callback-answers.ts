/**
 * What the callbacks of a host answered, looked at where it was answered: who is at fault reads it there.
 * @module
 */
import { isArrayBuffer } from "../base/bytes/array-buffer.ts";
import type { HostCallbacks } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";

type FetchAnswer = Awaited<ReturnType<NonNullable<HostCallbacks["fetch"]>>>;

const fetchShape = "a Response, or { status: number, headers: object, body: Uint8Array, url?: string }";

/**
 * What `fetch` answered as data: a `Response` of any realm is read.
 * @throws LuaSkillsError `invalid_result` naming the option, what it answered and what is expected
 */
export async function fetchAnswer(answer: unknown): Promise<FetchAnswer> {
  if (typeof answer !== "object" || answer === null) throw misfit("fetch", answerText(answer), fetchShape);
  const { status, headers, body, url, arrayBuffer } = answer as Record<string, unknown>;
  const wrong = (member: string, value: unknown) => misfit("fetch", `${member}: ${answerText(value)}`, fetchShape);
  if (!isInteger(status)) throw wrong("status", status);
  if (typeof headers !== "object" || headers === null || Array.isArray(headers)) throw wrong("headers", headers);
  const fields: Record<string, unknown> = {};
  const pairs = isIterable(headers) ? (headers as Iterable<[string, unknown]>) : Object.entries(headers);
  for (const [name, value] of pairs) fields[name] = Object.hasOwn(fields, name) ? `${fields[name]}, ${value}` : value;
  const content = typeof arrayBuffer === "function" ? await (answer as Response).arrayBuffer() : body;
  const bytes = bytesIn(content);
  if (!bytes) throw wrong("body", content);
  return {
    status,
    headers: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)])),
    body: bytes,
    // That of a Response made by hand is empty.
    ...(typeof url === "string" && url !== "" ? { url } : {}),
  };
}

/** @throws LuaSkillsError `invalid_result` when it is no answer to a request to run a program */
export function programAnswer(answer: unknown): unknown {
  const expected = "{ code: number or null, stdout?: string or Uint8Array, stderr?: string or Uint8Array }";
  if (typeof answer !== "object" || answer === null) throw misfit("runProgram", answerText(answer), expected);
  const { code, ...outputs } = answer as Record<string, unknown>;
  if (code !== null && typeof code !== "number") throw misfit("runProgram", `code: ${answerText(code)}`, expected);
  for (const name of ["stdout", "stderr"]) {
    const output = outputs[name];
    if (output === undefined || typeof output === "string" || output instanceof Uint8Array) continue;
    throw misfit("runProgram", `${name}: ${answerText(output)}`, expected);
  }
  return answer;
}

/** @throws LuaSkillsError `invalid_result` when it is no decision */
export function decision(answer: unknown): unknown {
  if (answer === "once" || answer === "always" || answer === "deny") return answer;
  throw misfit("decide", answerText(answer), '"once", "always" or "deny"');
}

function misfit(option: string, got: string, expected: string): LuaSkillsError {
  return new LuaSkillsError("invalid_result", `the ${option} callback answered ${got}; expected ${expected}`, {
    data: { option, got, expected },
  });
}

/** A value in a few words. */
function answerText(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value !== "object")
    return typeof value === "function" ? "a function" : `${String(value)} (${typeof value})`;
  if (Array.isArray(value)) return "an array";
  const members = Object.keys(value).slice(0, 6);
  const kind = Object.getPrototypeOf(value)?.constructor?.name ?? "Object";
  return kind === "Object" ? `an object with ${members.join(", ") || "no members"}` : `a ${kind}`;
}

function isInteger(value: unknown): value is number {
  return Number.isInteger(value);
}

function isIterable(value: object): boolean {
  return Symbol.iterator in value;
}

function bytesIn(content: unknown): Uint8Array | undefined {
  if (typeof content === "string") return new TextEncoder().encode(content);
  if (ArrayBuffer.isView(content)) return new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
  return isArrayBuffer(content) ? new Uint8Array(content) : undefined;
}
