import { describe, expect, it } from "vitest";
import { compareText, parseExact, stringifyExact } from "./exact-json.ts";

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
