import { describe, expect, it } from "vitest";
import { compareText, parseExact, parseKeepingFloats, stringifyExact, WholeFloat } from "./exact-json.ts";

describe("parseExact", () => {
  it("keeps integers beyond 2^53, in any place, and nothing else changes", () => {
    expect(parseExact('{"a":9007199254740993,"b":[-9223372036854775808,1]}')).toEqual({
      a: 9007199254740993n,
      b: [-9223372036854775808n, 1],
    });
    expect(parseExact("18446744073709551615")).toBe(18446744073709551615n);
    expect(parseExact("[1234567890123456, 0.1234567890123456789, 12345678901234567e3]")).toEqual([
      1234567890123456, 0.12345678901234568, 12345678901234567e3,
    ]);
  });

  it("leaves digits inside strings alone", () => {
    expect(
      parseExact('{"9007199254740993":"x,9007199254740993,","k":9007199254740993,"q":"\\"9007199254740993"}'),
    ).toEqual({
      "9007199254740993": "x,9007199254740993,",
      k: 9007199254740993n,
      q: '"9007199254740993',
    });
  });

  it("refuses what JSON.parse refuses", () => {
    expect(() => parseExact("[90071992547409931,]")).toThrow(SyntaxError);
    expect(() => parseExact("{")).toThrow(SyntaxError);
  });
});

describe("parseKeepingFloats", () => {
  it("tells 1.0 from 1, where it matters and not in texts", () => {
    const text = '{"a":1.0,"b":[1,-2e2,1.5,0.5e1,9007199254740993],"c":"1.0, 2.0","d":1e400}';
    const parsed = parseKeepingFloats(text) as Record<string, unknown>;
    expect(parsed.a).toEqual(new WholeFloat(1));
    expect(parsed.b).toEqual([1, new WholeFloat(-200), 1.5, new WholeFloat(5), 9007199254740993n]);
    expect(parsed).toMatchObject({ c: "1.0, 2.0", d: Number.POSITIVE_INFINITY });
    expect(parseKeepingFloats('["1.0]", 1]')).toEqual(["1.0]", 1]);
    expect(() => parseKeepingFloats('[1.0,"')).toThrow(SyntaxError);
  });
});

describe("stringifyExact", () => {
  it("sorts keys by bytes and writes bigints as digits", () => {
    expect(stringifyExact({ b: 1n << 63n, a: [null, undefined, "é"], "10": true, "9": undefined })).toBe(
      '{"10":true,"a":[null,null,"é"],"b":9223372036854775808}',
    );
    expect(stringifyExact([Number.NaN, -0, 1e21, 1e-6, 0.00001])).toBe("[null,0,1e21,1e-6,0.00001]");
  });
});

describe("compareText", () => {
  it("is the order of UTF-8 bytes", () => {
    const texts = ["a", "b", "", "aa", "é", "\u{10000}", "\uffff", "\ud7ff"];
    const bytes = (text: string) => Buffer.from(text, "utf8");
    for (const a of texts) {
      for (const b of texts) {
        expect(Math.sign(compareText(a, b))).toBe(Buffer.compare(bytes(a), bytes(b)));
      }
    }
  });
});
