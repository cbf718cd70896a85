import { describe, expect, it } from "vitest";
import { compare, compareError, compareSubset } from "./matchers.ts";

const fits = (expected: unknown, actual: unknown) => expect(compare(expected, actual)).toBeUndefined();
const differs = (expected: unknown, actual: unknown, path = "$") =>
  expect(compare(expected, actual)).toMatchObject({ path });

describe("exact comparison", () => {
  it("compares scalars by value and type", () => {
    fits(3, 3.0);
    fits(0, -0);
    fits(null, null);
    fits(5, 5n);
    differs(1, "1");
    differs(null, undefined);
    differs(false, null);
    differs("a", "b");
  });

  it("takes object keys in any order but all of them", () => {
    fits({ a: 1, b: [2, { c: 3 }] }, { b: [2, { c: 3 }], a: 1 });
    differs({ a: 1 }, { a: 1, b: 2 }, "$.b");
    differs({ a: 1, b: 2 }, { a: 1 }, "$.b");
    differs({ b: [2, { c: 3 }] }, { b: [2, { c: 4 }] }, "$.b[1].c");
    differs([1, 2], [1, 2, 3], "$[2]");
    differs([], {});
    differs({}, []);
  });

  it("never reads inherited members", () => {
    differs({ toString: { $any: true } }, {}, "$.toString");
    fits({ constructor: { $absent: true } }, {});
  });
});

describe("matchers", () => {
  it("$contains and $matches want strings", () => {
    fits({ $contains: "ell" }, "hello");
    differs({ $contains: "x" }, "hello");
    differs({ $contains: "1" }, 1);
    fits({ $matches: "^h.*o$" }, "hello");
    differs({ $matches: "^x" }, "hello");
  });

  it("$any, $absent and $type see whether something is there", () => {
    fits({ a: { $any: true } }, { a: null });
    differs({ a: { $any: true } }, {}, "$.a");
    fits({ a: { $absent: true } }, {});
    fits({ a: { $absent: true } }, { a: undefined });
    differs({ a: { $absent: true } }, { a: null }, "$.a");
    for (const [type, value] of [
      ["string", ""],
      ["number", 1],
      ["boolean", false],
      ["array", []],
      ["object", {}],
      ["null", null],
    ] as const) {
      fits({ $type: type }, value);
      differs({ $type: type }, type === "string" ? 1 : "text");
    }
    differs({ a: { $type: "null" } }, {}, "$.a");
  });

  it("$approx is relative to 1e-5", () => {
    fits({ $approx: 1.25 }, 1.25001);
    differs({ $approx: 1.25 }, 1.2502);
    fits({ $approx: 1e9 }, 1e9 + 5000);
    fits({ $approx: 0 }, 0);
    differs({ $approx: 0 }, 0.001);
    differs({ $approx: 1 }, "1");
  });

  it("$has is a subset, with matchers inside", () => {
    fits({ $has: { a: { $type: "number" }, gone: { $absent: true } } }, { a: 1, b: 2 });
    differs({ $has: { a: 1 } }, { b: 1 }, "$.a");
    differs({ $has: { a: 1 } }, [1]);
    expect(compareSubset({ content: "x" }, { content: "x", overflow_mode: null })).toBeUndefined();
    expect(compareSubset({ content: "x" }, { content: "y" })).toMatchObject({ path: "$.content" });
  });

  it("$length counts items and characters", () => {
    fits({ $length: 2 }, [1, 2]);
    fits({ $length: 2 }, "ab");
    differs({ $length: 2 }, [1]);
    differs({ $length: 2 }, { length: 2 });
  });

  it("$unordered finds a pairing even when matchers overlap", () => {
    fits({ $unordered: [{ $any: true }, 1] }, [1, 2]);
    fits({ $unordered: [3, 1, 2] }, [1, 2, 3]);
    differs({ $unordered: [1, 1] }, [1, 2], "$ (unordered item 1)");
    differs({ $unordered: [1] }, [1, 2]);
  });

  it("refuses a matcher it does not know, and leaves other $ keys alone", () => {
    expect(() => compare({ $contain: "x" }, "x")).toThrow(/unknown matcher \$contain/);
    fits({ $a: 1, b: 2 }, { $a: 1, b: 2 });
  });
});

describe("errors", () => {
  it("contains the text or matches the pattern", () => {
    expect(compareError("not found", "skill 'x' not found")).toBeUndefined();
    expect(compareError({ $matches: "^skill" }, "skill 'x'")).toBeUndefined();
    expect(compareError("other", "skill 'x'")).toMatchObject({ path: "error" });
  });
});
