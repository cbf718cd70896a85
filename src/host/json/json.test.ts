import { describe, expect, it } from "vitest";
import { parseJson } from "../../base/text/parse-json.ts";
import { decodeJson } from "./json.ts";

const errorOf = (text: string): string => {
  try {
    decodeJson(text);
  } catch (error) {
    return (error as Error).message;
  }
  return "decoded";
};
const nested = (n: number, open = "[", close = "]") => open.repeat(n) + close.repeat(n);

describe("json decoding", () => {
  it("the exact parser agrees with JSON.parse on what both accept", () => {
    const texts = [
      "null",
      " true ",
      "-0.5",
      "1e3",
      "0",
      '"a\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9"',
      "[]",
      "{}",
      '[1,[2,{"a":[null,false]}],"x"]',
      '{"a":1,"a":2,"":{"b":"\u2028"}}',
      "\n[ 1 ,\t2 ]\r\n",
      "1e-7",
      "123456789012345",
    ];
    for (const text of texts) expect(parseJson(text), text).toEqual(JSON.parse(text));
  });

  it("keeps 64-bit integers exact and makes floats of the rest", () => {
    expect(decodeJson("[9007199254740993, 9223372036854775807, -9223372036854775808]")).toEqual([
      9007199254740993n,
      9223372036854775807n,
      -9223372036854775808n,
    ]);
    expect(decodeJson("9223372036854775808")).toBe(2 ** 63);
    expect(decodeJson("18446744073709551615")).toBe(2 ** 64);
    expect(decodeJson("9007199254740992")).toBe(9007199254740992n);
    expect(decodeJson("9007199254740992.0")).toBe(9007199254740992n);
    expect(decodeJson("1e18")).toBe(1e18);
    expect(decodeJson('{"f":3.0,"e":1e3,"x":1.5}')).toEqual({ f: 3, e: 1000, x: 1.5 });
    expect(Object.is(decodeJson("-0"), -0)).toBe(true);
    expect(errorOf("1e400")).toBe("number out of range at line 1 column 5");
  });

  it("127 levels decode, 128 do not", () => {
    expect(errorOf(nested(127))).toBe("decoded");
    expect(errorOf(nested(128))).toBe("recursion limit exceeded at line 1 column 128");
    expect(errorOf(`${'{"a":'.repeat(127)}1${"}".repeat(127)}`)).toBe("decoded");
    expect(errorOf(`${'{"a":'.repeat(128)}1${"}".repeat(128)}`)).toContain("recursion limit exceeded at line 1");
    expect(errorOf(`${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`)).toContain("recursion limit exceeded");
    expect(errorOf("[".repeat(100_000))).toContain("recursion limit exceeded");
  });

  it.each([
    ["", "EOF while parsing a value at line 1 column 0"],
    ['{\n  "a": ?\n}', "expected value at line 2 column 8"],
    ["1 2", "trailing characters at line 1 column 3"],
    ["{}x", "trailing characters at line 1 column 3"],
    ["[1,]", "trailing comma at line 1 column 4"],
    ['{"a":1,}', "trailing comma at line 1 column 8"],
    ["{a:1}", "key must be a string at line 1 column 2"],
    ['{"a"}', "expected `:` at line 1 column 5"],
    ["[1 2]", "expected `,` or `]` at line 1 column 4"],
    ['{"a":1 2', "expected `,` or `}` at line 1 column 8"],
    ["[", "EOF while parsing a list at line 1 column 1"],
    ["[1", "EOF while parsing a list at line 1 column 2"],
    ['{"a":1', "EOF while parsing an object at line 1 column 6"],
    ['"a', "EOF while parsing a string at line 1 column 2"],
    ["tru", "EOF while parsing a value at line 1 column 3"],
    ["trux", "expected ident at line 1 column 4"],
    ["NaN", "expected value at line 1 column 1"],
    ["+1", "expected value at line 1 column 1"],
    [".5", "expected value at line 1 column 1"],
    ["01", "invalid number at line 1 column 2"],
    ["1.", "EOF while parsing a value at line 1 column 2"],
    ["-", "EOF while parsing a value at line 1 column 1"],
    ["1e", "EOF while parsing a value at line 1 column 2"],
    ["// c\n1", "expected value at line 1 column 1"],
    ['"\t"', "control character (\\u0000-\\u001F) found while parsing a string at line 1 column 2"],
    ['"\\q"', "invalid escape at line 1 column 3"],
    ['"\\ud800"', "unexpected end of hex escape at line 1 column 8"],
    ['"\\udc00"', "lone leading surrogate in hex escape at line 1 column 7"],
    ['"\\ud800\\u0041"', "lone leading surrogate in hex escape at line 1 column 13"],
    ['["é", ?]', "expected value at line 1 column 8"],
    ["\ufeff1", "expected value at line 1 column 3"],
  ])("%j is refused", (text, message) => expect(errorOf(text)).toBe(message));

  it("surrogate pairs and prototype-like keys are data", () => {
    expect(decodeJson('"\\ud83d\\ude00\\u0000"')).toBe("😀\0");
    const value = decodeJson('{"__proto__":{"x":1},"constructor":2,"big":9007199254740993}');
    expect(Object.keys(value as object)).toEqual(["__proto__", "constructor", "big"]);
    expect(({} as { x?: number }).x).toBeUndefined();
  });
});
