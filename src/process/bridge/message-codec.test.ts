import { expect, it } from "vitest";
import { decodeMessage, encodeMessage } from "./message-codec.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);

it.each([
  ["plain JSON", { type: "call", id: 1, params: [null, true, "é", 1.5, { a: [] }] }],
  ["bytes", { a: bytes(1, 2, 255), b: { c: bytes(), d: [bytes(7)] } }],
  ["numbers that JSON has not", { n: [Number.NaN, Infinity, -Infinity, -0, { deep: -0 }] }],
  ["bigints", { n: [2n ** 63n, -(2n ** 63n), 0n] }],
  [
    "what looks like the wire's own marks",
    { env: { $bytes: [0, 1] }, more: { $int: "5" }, float: { $float: "NaN" }, deep: { $object: ["a", 1] } },
  ],
  ["a member called __proto__", JSON.parse('{"env":{"__proto__":{"a":1}}}')],
])("carries %s", (_, message: object) => {
  const decoded = decodeMessage(encodeMessage(message));
  expect(JSON.stringify(decoded, marked)).toBe(JSON.stringify(message, marked));
});

function marked(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return `big ${value}`;
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  return value instanceof Uint8Array ? `bytes ${value.join()}` : value;
}

it("is text without bytes, and one frame with them", () => {
  expect(encodeMessage({ a: 1 })).toBe('{"a":1}');
  expect(encodeMessage({ a: bytes(9, 8) })).toBeInstanceOf(Uint8Array);
});

it.each([
  ["text that is no JSON", "{"],
  ["a frame without a length", bytes(1, 2)],
  ["a frame shorter than its JSON", bytes(9, 0, 0, 0, 123)],
  ["bytes beyond the frame", Uint8Array.from([19, 0, 0, 0, ...new TextEncoder().encode('{"$bytes":[0,1000]}')])],
  ["bytes before the frame", '{"$bytes":[-1,1]}'],
  ["a number that is none", '{"$int":"1e9"}'],
  ["a number that is not written so", '{"$float":"1"}'],
  ["an unknown mark", '{"$code":["a",1]}'],
  ["nesting without end", "[".repeat(10_000) + "]".repeat(10_000)],
])("refuses %s", (_, frame) => {
  expect(() => decodeMessage(frame)).toThrow(expect.objectContaining({ code: "bridge_error" }));
});
