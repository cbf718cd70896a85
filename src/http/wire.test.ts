import { describe, expect, it } from "vitest";
import { decodeWire, encodeWire } from "./wire.ts";

const roundTrip = (value: unknown) => decodeWire(encodeWire(value));

describe("JSON with bytes", () => {
  it("carries every byte, also deep inside", () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(roundTrip({ op: "fs.write", content: bytes, list: [bytes, 1] })).toEqual({
      op: "fs.write",
      content: bytes,
      list: [bytes, 1],
    });
  });

  it.each([
    [{ $bytes: "AAEC" }],
    [{ $number: "12n" }],
    [{ $value: { $number: "x" } }],
    [{ $value: 1 }],
    [{ $value: { $bytes: "AAEC" } }],
    [{ $value: { $value: { $value: null } } }],
    [{ a: [{ $bytes: 5 }, { $bytes: "x", b: 1 }] }],
  ])("does not take data for a tag: %j", (value) => {
    expect(roundTrip(value)).toEqual(value);
  });

  it("carries integers of any size, and numbers JSON has no word for", () => {
    const values = [2n ** 63n - 1n, -1n, { $number: "7n", b: 2n }, Infinity, -Infinity, NaN];
    expect(roundTrip(values)).toEqual(values);
  });

  it("carries large byte strings without overflowing the stack", () => {
    const bytes = new Uint8Array(3_000_000).fill(7);
    expect((roundTrip(bytes) as Uint8Array).length).toBe(bytes.length);
  });
});
