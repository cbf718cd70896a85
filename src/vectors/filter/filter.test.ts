import { describe, expect, it } from "vitest";
import type { Scalar, Schema } from "../table/schema.ts";
import { compileFilter } from "./filter.ts";
import { FilterError } from "./filter-error.ts";

const schema: Schema = [
  { name: "id", type: "int64", nullable: false },
  { name: "name", type: "string", nullable: true },
  { name: "age", type: "int32", nullable: true },
  { name: "score", type: "float64", nullable: true },
  { name: "active", type: "bool", nullable: true },
  { name: "Case Sensitive", type: "string", nullable: true },
  { name: "v", type: "vector", dim: 2, nullable: true },
  { name: "single", type: "float32", nullable: true },
];
const rows: Scalar[][] = [
  [1, "Ann", 30, 1.5, true, "x", null, Math.fround(0.1)],
  [2, "anna", 31, 2.5, false, "y"],
  [3, "Bob's", 40, -3.25, true, null],
  [4, "100%", 50, 0, null, null],
  [5, null, 60, null, false, null],
  [9007199254740993n, "a_b", null, 10, true, "z"],
];
const cells = {
  scalar: (column: number, row: number) => rows[row]?.[column] ?? null,
  hasVector: (_column: number, row: number) => row !== 2,
};

/** 1-based positions of the rows kept. */
function where(text: string): number[] {
  const keeps = compileFilter(text, schema, cells);
  return rows.flatMap((_, row) => (keeps(row) ? [row + 1] : []));
}
const all = [1, 2, 3, 4, 5, 6];
const refused = (text: string) => expect(() => where(text), text).toThrow(FilterError);

describe("values and comparisons", () => {
  it("compares numbers exactly, also beyond 2^53", () => {
    expect(where("id = 9007199254740993")).toEqual([6]);
    expect(where("id > 9007199254740992")).toEqual([6]);
    expect(where("id = 9007199254740992.0")).toEqual([]);
    expect(where("age >= 40.5")).toEqual([4, 5]);
    expect(where("score = 1e1")).toEqual([6]);
    expect(where("score = .0")).toEqual([4]);
    expect(where("single = 0.1 AND single IN (0.1) AND single BETWEEN 0.1 AND 0.1")).toEqual([1]);
    expect(where("0.1 < single OR single > score")).toEqual([]);
    expect(where("age > - 1 AND age <> 30 AND age != 31")).toEqual([3, 4, 5]);
  });

  it("gives a literal the type of the column it meets, or refuses it", () => {
    expect(where("'1' = 1 AND 2 < '3'")).toEqual(all);
    expect(() => where("age IN (30, 3000000000)")).toThrow(
      "Received literal Int64(3000000000) and could not convert to literal of type 'Int32'",
    );
    for (const text of [
      "age = 'x'",
      "age = '30'",
      "score = '2.5'",
      "active = 'true'",
      "age BETWEEN 30 AND 2147483648",
      "id = 9223372036854775808",
      "name = 5",
      "name = age",
      "active = 1",
      "age = true",
      "age = name",
      "v = 1",
      "v",
    ]) {
      refused(text);
    }
  });

  it("knows both quotes as text and backticks as names", () => {
    expect(where("name = 'Bob''s'")).toEqual([3]);
    expect(where('name = "Bob\'s"')).toEqual([3]);
    expect(where('name = "say ""hi"""')).toEqual([]);
    expect(where("`Case Sensitive` = 'x'")).toEqual([1]);
    expect(where("NAME = 'Ann' and Id = 1")).toEqual([1]);
    refused("`case sensitive` = 'x'");
    refused("nope = 1");
  });

  it("orders text by bytes", () => {
    expect(where("name > 'a'")).toEqual([2, 6]);
    expect(where("name BETWEEN 'A' AND 'B'")).toEqual([1]);
  });

  it("takes dates, timestamps and bytes", () => {
    expect(where("DATE '2020-01-02' > DATE '2020-01-01'")).toEqual(all);
    expect(where("TIMESTAMP '2020-01-01 00:00:01' > DATE '2020-01-01'")).toEqual(all);
    expect(where("TIMESTAMP '2020-01-01T02:00:00+02:00' = '2020-01-01'")).toEqual(all);
    expect(where("CAST('2020-02-29' AS date) = '2020-02-29'")).toEqual(all);
    expect(where("CAST(name AS binary) = X'416e6E'")).toEqual([1]);
    expect(where("coalesce(nullif(name, name), '2020-01-02') > DATE '2020-01-01'")).toEqual(all);
    expect(where("id = 9 AND name > DATE '2020-01-01'")).toEqual([]);
    refused("name > DATE '2020-01-01'");
    for (const text of ["DATE '2021-02-29' = DATE '2021-03-01'", "TIMESTAMP 'soon' IS NULL", "X'4' = X'4'"])
      refused(text);
  });
});

describe("three-valued logic", () => {
  it("keeps a row only when the filter is true", () => {
    expect(where("name = NULL")).toEqual([]);
    expect(where("NOT (age = 30)")).toEqual([2, 3, 4, 5]);
    expect(where("name = 'Ann' OR NULL")).toEqual([1]);
    expect(where("NULL AND false IS FALSE")).toEqual([]);
    expect(where("(NULL AND false) IS FALSE")).toEqual(all);
    expect(where("active IS NOT TRUE")).toEqual([2, 4, 5]);
    expect(where("age NOT IN (30, NULL)")).toEqual([]);
    expect(where("age IN (30, NULL)")).toEqual([1]);
    expect(where("age NOT BETWEEN 31 AND 50")).toEqual([1, 5]);
    expect(where("age = NULL OR NULL")).toEqual([]);
    refused("NULL");
  });

  it("knows vectors only by their presence", () => {
    expect(where("v IS NULL")).toEqual([3]);
    expect(where("is_valid(v)")).toEqual([1, 2, 4, 5, 6]);
  });
});

describe("patterns", () => {
  it("LIKE is case-sensitive, ILIKE is not", () => {
    expect(where("name LIKE 'a%'")).toEqual([2, 6]);
    expect(where("name ILIKE 'ANN%'")).toEqual([1, 2]);
    expect(where("name NOT LIKE '%n%'")).toEqual([3, 4, 6]);
    expect(where("name LIKE '___'")).toEqual([1, 6]);
    expect(where("name LIKE '100\\%'")).toEqual([4]);
    expect(where("name LIKE 'a!_b' ESCAPE '!'")).toEqual([6]);
    expect(where("name LIKE '%'")).toEqual([1, 2, 3, 4, 6]);
    expect(where("'axb' LIKE 'a\\xb'")).toEqual(all);
    refused("age LIKE '3%'");
    refused("name LIKE 'a' ESCAPE 'ab'");
  });

  it("does not blow up on many wildcards", () => {
    const keeps = compileFilter(`name LIKE '${"%a".repeat(200)}b'`, schema, {
      scalar: () => "a".repeat(20_000),
      hasVector: () => true,
    });
    const started = performance.now();
    expect(keeps(0)).toBe(false);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe("arithmetic, casts, functions", () => {
  it("computes with integers as 64 bit and floats as doubles", () => {
    expect(where("age / 4 = 7")).toEqual([1, 2]);
    expect(where("-7 / 2 = -3 AND -7 % 2 = -1")).toEqual(all);
    expect(where("id + 1 = 9007199254740994")).toEqual([6]);
    expect(where("9007199254740993 * 2 = 18014398509481986")).toEqual(all);
    expect(where("score * 2 > 4 OR 1 + 2 * 3 = 8")).toEqual([2, 6]);
    expect(where("name || '!' = 'Ann!'")).toEqual([1]);
    for (const text of ["age / 0 = 1", "1 / 0 = 1", "name + 1 = 2", "-name = 'x'", "1 + 1 || 'a' = '2a'"])
      refused(text);
    expect(where("score / 0 > 1")).toEqual([1, 2, 6]);
    expect(where("active = NOT (age = 30) OR id == 4 -- a comment")).toEqual([3, 4]);
  });

  it("wraps integers around at the ends of their types, as natively", () => {
    expect(where("9223372036854775807 + 1 < 0 AND 2147483647 + 1 > 0")).toEqual(all);
    expect(where("9223372036854775807 * 9 = 9223372036854775799")).toEqual(all);
    expect(where("CAST(2147483647 AS int) + CAST(1 AS int) = -2147483648")).toEqual(all);
    expect(where("CAST(1 AS bigint unsigned) - 2 = -1")).toEqual(all);
    refused("abs(CAST(-2147483648 AS int)) > 0");
    refused("-CAST(1 AS int unsigned) < 0");
  });

  it("orders floats totally, as natively", () => {
    expect(where("0.0 = -0.0")).toEqual([]);
    expect(where("-0.0 < 0.0 AND 0.0 / 0.0 = 0.0 / 0.0 AND 0.0 / 0.0 < -1")).toEqual(all);
  });

  it("casts, strictly or to unknown", () => {
    expect(where("CAST(age AS string) = '30'")).toEqual([1]);
    expect(where("CAST(score AS string) = '10.0'")).toEqual([6]);
    expect(where("CAST(score AS int) = -3")).toEqual([3]);
    expect(where("TRY_CAST(name AS int) IS NULL")).toEqual(all);
    expect(where("CAST('12' AS bigint unsigned) = 12")).toEqual(all);
    expect(where("CAST(1.005 AS decimal(10, 1)) = 1.0 AND CAST('1.005' AS decimal(10, 2)) = 1.01")).toEqual(all);
    expect(
      where("CAST(1e16 AS string) = '1e16' AND CAST(1e-5 AS string) = '0.00001' AND CAST(1e-6 AS string) = '1e-6'"),
    ).toEqual(all);
    expect(where("CAST(single AS string) = '0.1' AND score || '' = '1.5'")).toEqual([1]);
    expect(where("CAST(1000 AS timestamp) = CAST(1 AS timestamp(3)) AND CAST(18263 AS date) = '2020-01-02'")).toEqual(
      all,
    );
    expect(where("CAST('2020-01-02 03:04:05.6' AS timestamp(0)) = TIMESTAMP '2020-01-02 03:04:05'")).toEqual(all);
    expect(where("TRY_CAST(' 1' AS int) IS NULL AND TRY_CAST('inf' AS double) > 1 AND '12'::int = 12")).toEqual(all);
    // What the cast cannot hold does not matter where the literal fits both types.
    expect(where("CAST(id AS int) IN (3, 4) OR CAST(id AS int) = 1")).toEqual([1, 3, 4]);
    expect(where("CAST('yes' AS boolean)")).toEqual(all);
    for (const text of [
      "CAST(name AS int) = 1",
      "CAST(300 AS tinyint) = 300",
      "CAST(id AS int) + 0 = 3",
      "CAST(1e9 AS decimal(4, 2)) = 1",
      "CAST(age AS json) = 1",
    ]) {
      refused(text);
    }
    expect(where("TRY_CAST(300 AS tinyint) IS NULL")).toEqual(all);
  });

  it("has the listed functions", () => {
    const truths = [
      "lower('ÄB') = 'äb'",
      "upper('ä') = 'Ä'",
      "trim('  x ') = 'x'",
      "length('añ𝄞') = 3",
      "char_length('ab') = 2",
      "substr('hello', 2, 3) = 'ell'",
      "substr('hello', 0, 2) = 'h'",
      "substr('hello', 4) = 'lo'",
      "concat('a', NULL, 1, 'b') = 'a1b'",
      "starts_with('abc', 'ab')",
      "ends_with('abc', 'bc')",
      "contains('abc', 'b')",
      "strpos('añb', 'b') = 3",
      "strpos('abc', 'x') = 0",
      "replace('a.b.c', '.', '$&') = 'a$&b$&c'",
      "abs(-3) = 3 AND abs(-1.5) = 1.5",
      "round(2.5) = 3 AND round(-2.5) = -3 AND round(1.25, 1) = 1.3",
      "floor(1.9) = 1 AND ceil(1.1) = 2",
      "coalesce(NULL, 2) = 2",
      "nullif(1, 1) IS NULL AND nullif(1, 2) = 1",
      "replace('ab', '', '-') = '-a-b-'",
      "length(1.5) = 3 AND length(true) = 4",
      "regexp_match('abc', '^A.c$', 'i')",
      "NOT regexp_match(NULL, 'a') AND regexp_match('abc', NULL) IS NOT NULL",
    ];
    for (const text of truths) expect(where(text), text).toEqual(all);
    for (const text of [
      "no_such(age) = 1",
      "lower(age) = 'x'",
      "substr('a')",
      "abs('x') = 1",
      "regexp_match(name, name)",
    ]) {
      refused(text);
    }
    expect(() => where("sha256(name) = 'x'")).toThrow("unsupported filter function: sha256");
  });
});

describe("what is refused", () => {
  it("names the reason", () => {
    const reasons: Array<readonly [string, RegExp]> = [
      ["id IN (SELECT 1)", /subqueries are not supported/],
      ["id = +1", /Unary operator 'Plus' is not supported/],
      ["id = ?", /parameters are not supported/],
      ["name -> 'a' = 1", /JSON access is not supported/],
      ["id & 1 = 1", /Operator & is not supported/],
      ["CASE WHEN true THEN true END", /CASE is not supported/],
      ["id = 1; DROP TABLE t", /expected the end of the filter, found ";"/],
      ["id = 1 id", /expected the end of the filter/],
      ["age =", /expected a value, but the filter ends/],
      ["(age = 1", /expected "\)", but the filter ends/],
      ["name = 'open", /unterminated text/],
      ["id", /does not return a boolean, but integer/],
      ["id = 1 AND name", /must be boolean, not text/],
      ["", /expected a value/],
    ];
    for (const [text, reason] of reasons) expect(() => where(text), text).toThrow(reason);
    expect(() => where("nope = 1")).toThrow(/^lance error: Invalid user input: No field named nope/);
  });

  it("bounds depth, length and chains", () => {
    expect(where(`${"(".repeat(150)}true${")".repeat(150)}`)).toEqual(all);
    expect(() => where(`${"(".repeat(5000)}true${")".repeat(5000)}`)).toThrow(/nested deeper than 200/);
    expect(() => where(`${"NOT ".repeat(5000)}true`)).toThrow(/nested deeper than 200/);
    expect(() => where(`${"- ".repeat(5000)}1 = 1`)).toThrow(/nested deeper than 200/);
    expect(() => where(`${"1+".repeat(5000)}1 = 1`)).toThrow(/operators in a row/);
    expect(where(Array.from({ length: 3000 }, (_, i) => `id = ${i}`).join(" OR "))).toEqual([1, 2, 3, 4, 5]);
    expect(() => where(`name = '${"x".repeat(70_000)}'`)).toThrow(/at most 65536/);
  });
});
