import { describe, expect, test } from "vitest";
import { pathText } from "./problem.ts";
import { schemaValidator } from "./validator.ts";

async function told(schema: unknown, value: unknown): Promise<string[]> {
  const problems = (await schemaValidator(schema)).problems(value);
  return problems.map(({ path, expected, got }) => `${pathText(path, "all")}: expected ${expected}, got ${got}`);
}
async function refusal(schema: unknown, value: unknown): Promise<{ code: string; message: string; data: unknown }> {
  try {
    await told(schema, value);
  } catch (error) {
    return error as { code: string; message: string; data: unknown };
  }
  throw new Error("it was taken");
}

const list = { $defs: { list: { properties: { next: { $ref: "#/$defs/list" }, value: { type: "integer" } } } } };

describe("what fits and what does not", () => {
  const cases: ReadonlyArray<
    readonly [what: string, schema: unknown, fits: readonly unknown[], not: readonly unknown[]]
  > = [
    ["types", { type: ["integer", "null"] }, [1, 1.0, null, 2n ** 60n], [1.5, "1", [], {}, true]],
    ["bounds", { minimum: 1, exclusiveMaximum: 3 }, [1, 2.9, "x"], [0, 3]],
    ["multiples", { multipleOf: 0.1 }, [0.3, 1, -0.7, 1e20], [0.35]],
    ["multiples of an odd number", { multipleOf: 0.123456789 }, [0], [1e308]],
    ["lengths in characters", { maxLength: 2, minLength: 1 }, ["a", "😀😀"], ["", "abc"]],
    [
      "enum and const",
      { enum: [1, { a: [0, 1], b: null }], not: { const: 1 } },
      [{ b: null, a: [-0, 1] }],
      [1, {}, "1"],
    ],
    ["required", { required: ["a"] }, [{ a: undefined }, 1], [{}, { b: 1 }]],
    [
      "names of Object",
      { required: ["toString"], properties: { constructor: { type: "string" } } },
      [{ toString: 1 }],
      [{}],
    ],
    ["a pattern for names", { propertyNames: { pattern: "^[a-z]+$" } }, [{ a: 1 }], [{ A: 1 }]],
    [
      "patternProperties",
      { patternProperties: { "^n_": { type: "number" } }, additionalProperties: false, properties: { a: true } },
      [{ n_1: 1, a: "x" }, {}],
      [{ n_1: "1" }, { b: 1 }],
    ],
    [
      "two patterns for one name",
      { patternProperties: { a: { minimum: 1 }, b: { maximum: 2 } } },
      [{ ab: 1 }],
      [{ ab: 3 }, { ab: 0 }],
    ],
    ["dependentRequired", { dependentRequired: { a: ["b"] } }, [{ b: 1 }, { a: 1, b: 1 }], [{ a: 1 }]],
    ["dependentSchemas", { dependentSchemas: { a: { maxProperties: 1 } } }, [{ a: 1 }], [{ a: 1, b: 1 }]],
    ["items", { prefixItems: [{ type: "string" }], items: { type: "number" } }, [[], ["a", 1]], [[1], ["a", "b"]]],
    ["items of older drafts", { items: [{ type: "string" }], additionalItems: false }, [["a"]], [["a", 1]]],
    ["contains", { contains: { const: 1 }, maxContains: 2 }, [[1], [1, 0, 1]], [[], [0], [1, 1, 1]]],
    ["minContains 0", { contains: { const: 1 }, minContains: 0 }, [[], [0]], []],
    [
      "uniqueItems",
      { uniqueItems: true },
      [[1, "1", [1], { a: 1 }]],
      [
        [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
        [0, -0],
      ],
    ],
    ["anyOf", { anyOf: [{ type: "string" }, { minimum: 5 }] }, ["a", 5], [4]],
    ["oneOf", { oneOf: [{ multipleOf: 2 }, { multipleOf: 3 }] }, [2, 3], [6, 5]],
    ["if", { if: { const: 1 }, else: { type: "string" } }, [1, "a"], [2]],
    [
      "references",
      { ...list, $ref: "#/$defs/list" },
      [{ next: { next: { value: 1 } } }],
      [{ next: { next: { value: "1" } } }],
    ],
    ["escaped pointers", { $defs: { "a/b~%": { type: "null" } }, $ref: "#/$defs/a~1b~0%25" }, [null], [1]],
    ["anchors", { $defs: { x: { $anchor: "here", type: "null" } }, $ref: "#here" }, [null], [1]],
    [
      "resources",
      {
        $id: "http://a.test/root",
        $defs: { b: { $id: "b", $defs: { c: { type: "null" } }, $ref: "#/$defs/c" } },
        $ref: "b",
      },
      [null],
      [1],
    ],
    [
      "dynamic references",
      {
        $id: "http://a.test/strict",
        $ref: "tree",
        $dynamicAnchor: "node",
        unevaluatedProperties: false,
        $defs: {
          tree: { $id: "tree", $dynamicAnchor: "node", properties: { data: true, sub: { $dynamicRef: "#node" } } },
        },
      },
      [{ data: 1, sub: { data: 1 } }],
      [{ sub: { daat: 1 } }],
    ],
    [
      "unevaluatedProperties",
      {
        allOf: [{ properties: { a: true } }],
        anyOf: [{ required: ["b"], properties: { b: true } }, true],
        unevaluatedProperties: false,
      },
      [{ a: 1 }, { a: 1, b: 2 }],
      [{ c: 1 }],
    ],
    [
      "siblings see nothing of each other",
      { allOf: [{ properties: { a: true } }, { unevaluatedProperties: false }] },
      [{}],
      [{ a: 1 }],
    ],
    [
      "unevaluatedItems",
      { prefixItems: [true], contains: { const: 2 }, unevaluatedItems: false },
      [[1, 2]],
      [[1, 2, 3]],
    ],
    ["true", true, [1, {}], []],
    ["false", false, [], [1]],
    ["what is no rule", { minimum: "1", required: "a", properties: [], allOf: {}, format: "nobody" }, [0, {}], []],
    ["bytes from Lua are text", { type: "string", minLength: 2 }, [Uint8Array.of(65, 66)], [Uint8Array.of(65)]],
  ];
  test.each(cases)("%s", async (_, schema, fits, not) => {
    for (const value of fits) expect([value, await told(schema, value)]).toEqual([value, []]);
    for (const value of not) expect([value, (await told(schema, value)).length]).not.toEqual([value, 0]);
  });

  test.each([
    ["^[A-Z]{2,3}-\\d+$", ["AB-1"], ["A-1", "AB-", "xAB-1"]],
    ["a.c", ["xabcx", "a😀c"], ["a\nc"]],
    ["^\\S+$", ["a"], ["a b", "a\u00a0b"]],
    ["^[\\s\\d]+$", ["1\u00a02"], ["a"]],
    ["^\\p{Letter}+$", ["äβ"], ["1"]],
    ["^\\p{Script=Greek}+$", ["β"], ["b"]],
    ["^\\u00e9\\u{1F600}$", ["é😀"], ["e"]],
    ["(?<=\\$)\\d", ["$5"], ["5"]],
    ["^(?<year>\\d{4})\\/[\\w.\\-]+$", ["2024/a-b"], ["24/a"]],
    ["[.]", ["."], ["a"]],
  ])("the pattern %s", async (pattern, fits, not) => {
    for (const text of fits) expect([text, await told({ pattern }, text)]).toEqual([text, []]);
    for (const text of not)
      expect([text, await told({ pattern }, text)]).toEqual([text, [expect.stringContaining("matches")]]);
  });

  test.each([
    ["date-time", ["2024-02-29T10:00:00Z"], ["2023-02-29T10:00:00Z"]],
    ["email", ["a.b@example.com"], ["a@", "@b"]],
    ["uri", ["https://example.com/a?b#c"], ["a b", "/a"]],
    ["url", ["http://example.com:80/x", "ftp://127.0.0.1"], ["mailto:a@b", "http://a b", "http://:80"]],
    ["ipv6", ["::1"], ["1::2::3"]],
    ["uuid", ["6ba7b810-9dad-11d1-80b4-00c04fd430c8"], ["6ba7"]],
    ["regex", ["^(?=a)"], ["("]],
  ])("the format %s", async (format, fits, not) => {
    for (const text of fits) expect([text, await told({ format }, text)]).toEqual([text, []]);
    for (const text of not) expect([text, (await told({ format }, text)).length]).toEqual([text, 1]);
  });
});

describe("what is told", () => {
  test.each([
    [{ properties: { a: { items: { type: "string" } } } }, { a: ["x", 1] }, ["a[1]: expected string, got number 1"]],
    [{ required: ["a"], properties: { a: { type: "number" } } }, {}, ["a: expected number, got nothing"]],
    [
      { properties: { a: true }, additionalProperties: false },
      { b: 1 },
      ["b: expected no such member (known: a), got number 1"],
    ],
    [
      { anyOf: [{ type: "string" }, { type: "null" }] },
      1,
      ["all: expected string, got number 1", "all: expected null, got number 1"],
    ],
    [{ pattern: "^a" }, "b", ['all: expected a text that matches ^a, got string "b"']],
    [{ type: "string" }, { a: "x".repeat(1e6) }, [`all: expected string, got object {"a":"${"x".repeat(54)}…`]],
    [
      { contains: { type: "string" } },
      [1],
      ["all: expected an array with more items of the wanted kind, got array [1]"],
    ],
    [{ not: {} }, 1, ["all: expected something else: this is what the schema excludes, got number 1"]],
  ])("of %j", async (schema, value, texts) => {
    expect(await told(schema, value)).toEqual(texts);
  });

  test("no more problems than anybody reads", async () => {
    expect(await told({ items: { type: "string" } }, Array(1e4).fill(1))).toHaveLength(64);
  });
});

describe("a schema that cannot be used", () => {
  test.each([
    [{ properties: { a: { pattern: "^(?=.*a)b" } } }, "#/properties/a/pattern", "look-ahead is not supported"],
    [{ patternProperties: { "(a)\\1": {} } }, "#/patternProperties/(a)\\1", "a back reference is not supported"],
    [{ allOf: [{ pattern: "(?<n>a)\\k<n>" }] }, "#/allOf/0/pattern", "a back reference is not supported"],
    [{ pattern: "(a" }, "#/pattern", "missing closing )"],
    [{ pattern: "x{1000}".repeat(1000) }, "#/pattern", "it is too large: with its repetitions written out"],
    [{ pattern: "x".repeat(9000) }, "#/pattern", "longer than 8192 characters"],
    [{ pattern: "[(?=]\\(?=(?!a)" }, "#/pattern", "look-ahead is not supported"],
  ])("%j", async (schema, path, reason) => {
    const { code, message, data } = await refusal(schema, 1);
    expect([code, message]).toEqual(["invalid_argument", expect.stringContaining(` at ${path} cannot be used: `)]);
    expect(message).toContain(reason);
    expect(data).toMatchObject({ path });
  });

  test.each([
    [{ $ref: "#/$defs/none" }, '$ref "#/$defs/none" leads to no schema'],
    [{ $ref: "https://json-schema.org/draft/2020-12/schema" }, "leads to no schema"],
    [{ $ref: 5 }, "$ref 5 leads to no schema"],
    [[], "must be an object or a boolean"],
    [JSON.parse(`${'{"not":'.repeat(300)}true${"}".repeat(300)}`), "deeper than 256 levels"],
  ])("%#", async (schema, text) => {
    expect(await refusal(schema, 1)).toMatchObject({
      code: "invalid_argument",
      message: expect.stringContaining(text),
    });
  });
});

describe("work ends, whatever schema and data ask for", () => {
  const twice = {
    $defs: { a: { items: { allOf: [{ $ref: "#/$defs/a" }, { $ref: "#/$defs/a" }] } } },
    $ref: "#/$defs/a",
  };
  const deep = JSON.parse(`${"[".repeat(120)}${"]".repeat(120)}`);
  const chain = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [
      `d${i}`,
      { anyOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] },
    ]),
  );
  test.each([
    ["a reference to itself", { $ref: "#" }, 1],
    [
      "two that refer to each other",
      { $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } }, $ref: "#/$defs/a" },
      1,
    ],
    ["a dynamic reference to itself", { $dynamicAnchor: "a", $dynamicRef: "#a" }, 1],
    ["not of itself", { not: { $ref: "#" } }, 1],
    ["twice itself for each level", twice, deep],
    ["2^40 alternatives", { $defs: { ...chain, d40: false }, $ref: "#/$defs/d0" }, 1],
    ["many alternatives for many items", { items: { anyOf: Array(5000).fill({ const: 1 }) } }, Array(5000).fill(2)],
    [
      "large values compared with many",
      { items: { enum: Array(1000).fill({ a: "y".repeat(1e4) }) } },
      Array(1000).fill({ a: "x" }),
    ],
    ["a long text for a large pattern", { pattern: "(?:a|b)*a(?:a|b){1000}c$" }, `${"ab".repeat(1e6)}cc`],
  ])("%s", async (_, schema, value) => {
    expect(await refusal(schema, value)).toMatchObject({ code: "budget_exceeded" });
  });

  test.each([
    ["(a+)+$", { pattern: "(a+)+$" }, `${"a".repeat(1e5)}!`, 1],
    ["((a|aa)+)+b", { pattern: "^((a|aa)+)+b$" }, "a".repeat(1e5), 1],
    ["names", { patternProperties: { "^(([a-z])+.)+[A-Z]([a-z])+$": false } }, { ["a".repeat(1e4)]: 1 }, 0],
    ["unique items", { uniqueItems: true }, Array.from({ length: 1e5 }, (_, i) => i), 0],
    ["unique objects", { uniqueItems: true }, Array.from({ length: 2e4 }, (_, i) => ({ i })), 0],
    ["many problems", { items: { anyOf: Array(20).fill({ type: "string" }) } }, Array(2e3).fill(1), 64],
  ])("%s is held against in a moment", async (_, schema, value, problems) => {
    expect(await told(schema, value)).toHaveLength(problems);
  });

  test.each(
    Object.entries({
      url: `http://${"a".repeat(5000)}^`,
      "url with names": `http://${"a:".repeat(5000)}^`,
      uri: `http://${"a%20".repeat(5000)}"`,
      "uri-reference": `${"/a".repeat(5000)}\\`,
      "uri-template": `${"{a,b}".repeat(5000)}{`,
      email: `${"a.".repeat(5000)}`,
      hostname: "a-".repeat(5000),
      ipv6: "1:".repeat(5000),
      duration: `P${"1".repeat(5000)}`,
      "date-time": "1".repeat(5000),
      regex: "(".repeat(5000),
      "json-pointer": `${"/~0".repeat(5000)}~`,
      "json-pointer-uri-fragment": `#${"/%20".repeat(5000)}%`,
      "relative-json-pointer": `1${"/a".repeat(5000)}~`,
    }),
  )("the format %s reads a text once", async (format, text) => {
    expect(await told({ format: format.split(" ")[0] }, text)).toHaveLength(1);
  });
});
