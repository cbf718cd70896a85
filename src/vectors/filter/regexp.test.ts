import { describe, expect, it } from "vitest";
import { FilterError } from "./filter-error.ts";
import { compileRegExp } from "./regexp.ts";

const matches = (pattern: string, text: string, flags?: string) => compileRegExp(pattern, flags)(text);

describe("compileRegExp", () => {
  it("agrees with JavaScript's engine where the syntax is the same", () => {
    const patterns = [
      "",
      "abc",
      "^a.c$",
      "a|b|cd",
      "(ab|a)(c|bcd)$",
      "a*",
      "^(a+)+$",
      "x{2}",
      "^x{2,3}$",
      "^x{2,}$",
      "[a-c]+d",
      "[^a-c]",
      "[]x]",
      "[a\\-z]",
      "\\bcat\\b",
      "\\Bat",
      "\\d+-\\w*\\s",
      "(?:foo)?bar",
      "^(a|b)*?c",
      "é.𝄞",
      "\\.\\*",
    ].filter((pattern) => pattern !== "[]x]");
    const texts = [
      "",
      "abc",
      "a\nc",
      "xabcx",
      "abcd",
      "aaaa",
      "aaab",
      "xx",
      "xxxx",
      "bd",
      "a-z",
      "the cat sat",
      "concat",
      "12-a ",
      "foobar",
      "bar",
      "abbac",
      "éx𝄞",
      ".*",
      "a]x",
    ];
    for (const pattern of patterns) {
      for (const text of texts) {
        expect(matches(pattern, text), `${pattern} on ${JSON.stringify(text)}`).toBe(
          new RegExp(pattern, "u").test(text),
        );
      }
    }
  });

  it("takes flags, outside and inside", () => {
    expect(matches("STRASSE", "strasse", "i")).toBe(true);
    expect(matches("(?i)a(?-i)B", "AB")).toBe(true);
    expect(matches("(?i)a(?-i)B", "Ab")).toBe(false);
    expect(matches("(?i:a)b", "AB")).toBe(false);
    expect(matches("a.b", "a\nb")).toBe(false);
    expect(matches("(?s)a.b", "a\nb")).toBe(true);
    expect(matches("^b$", "a\nb", "m")).toBe(true);
    expect(matches("(?P<word>\\w+)", "x")).toBe(true);
    expect(matches("[]x]", "]")).toBe(true);
    expect(matches("\\x41\\u{1D11E}", "A𝄞")).toBe(true);
  });

  it("is linear where backtracking is not", () => {
    const started = performance.now();
    expect(matches("^(a+)+$", `${"a".repeat(5000)}b`)).toBe(false);
    expect(matches("(x+x+)+y", "x".repeat(5000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it("knows the classes of Rust's syntax that JavaScript writes otherwise or not at all", () => {
    const truths: Array<readonly [pattern: string, text: string]> = [
      ["^\\p{L}+$", "añ漢"],
      ["^\\pN\\P{L}$", "5!"],
      ["^\\p{Greek}\\p{^Greek}$", "αa"],
      ["^[[:alpha:]_]+[[:^digit:]]$", "ab_!"],
      ["^[[:ascii:]]+[^[:ascii:]]$", "a\tbé"],
    ];
    for (const [pattern, text] of truths) expect(matches(pattern, text), pattern).toBe(true);
    expect(matches("\\p{L}|[[:cntrl:]]", "5 ~é".slice(0, 3))).toBe(false);
  });

  it("refuses what it does not support, and what would be too large", () => {
    for (const pattern of [
      "(",
      ")",
      "[a",
      "*a",
      "a{2,1}",
      "a{,2}",
      "\\q",
      "(?=a)",
      "(?<!a)",
      "\\p{Nope}",
      "a{1001}",
      "(a{1000}){1000}",
      "[z-a]",
      "\\",
      "(".repeat(200),
    ]) {
      expect(() => matches(pattern, ""), pattern).toThrow(FilterError);
    }
    expect(() => matches("a", "a", "q")).toThrow(FilterError);
  });
});
