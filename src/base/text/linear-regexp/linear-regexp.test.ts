import { describe, expect, it } from "vitest";
import { compileRegExp } from "./linear-regexp.ts";

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
      "[[:valueof:]]",
      "[[:constructor:]]",
      "(?<!a)",
      "\\p{Nope}",
      "a{1001}",
      "(a{1000}){1000}",
      "[z-a]",
      "\\",
      "(".repeat(200),
      "a|+",
      "(?",
      "(a",
      "a)",
      "[",
      "[a-\\d]",
      "\\1",
      "((a{100}){100}){100}",
    ]) {
      expect(() => matches(pattern, ""), pattern).toThrow(SyntaxError);
    }
    expect(() => matches("a", "a", "q")).toThrow(SyntaxError);
  });
});

// Cases on which JavaScript's own expressions agree: they are asked as well.
describe.each<[source: string, matching: readonly string[], others: readonly string[]]>([
  ["", ["", "x"], []],
  ["abc", ["abc", "xabcx"], ["ab", "abd", ""]],
  ["^abc$", ["abc"], ["xabc", "abcx"]],
  ["^$", [""], ["a"]],
  ["^a", ["ab"], ["ba"]],
  ["a$", ["ba"], ["ab"]],
  ["a|bc", ["a", "bc", "xbc"], ["b", "c"]],
  ["^(a|bc)$", ["a", "bc"], ["abc", ""]],
  ["^(?:ab)+$", ["ab", "abab"], ["", "aba"]],
  ["^(a|)$", ["a", ""], ["b"]],
  ["^a*$", ["", "aaa"], ["ab"]],
  ["^a+$", ["a", "aaa"], ["", "b"]],
  ["^ab?c$", ["ac", "abc"], ["abbc"]],
  ["^(a*)*$", ["", "aa"], ["b"]],
  ["^(a?b)+c$", ["bc", "abbc"], ["c", "aac"]],
  ["^a{2}$", ["aa"], ["a", "aaa"]],
  ["^a{2,}$", ["aa", "aaaa"], ["a"]],
  ["^a{1,3}$", ["a", "aaa"], ["", "aaaa"]],
  ["^(ab){0,2}c$", ["c", "abc", "ababc"], ["abababc"]],
  ["^a{0}b$", ["b"], ["ab"]],
  ["^.$", ["a", "\u00e9"], ["", "\n", "ab"]],
  ["^[abc]$", ["a", "c"], ["d", ""]],
  ["^[a-c]$", ["a", "b", "c"], ["d", "-"]],
  ["^[^a-c]$", ["d", "\n"], ["a", "c"]],
  ["^[a-]$", ["a", "-"], ["b"]],
  ["^[-a]$", ["a", "-"], ["b"]],
  ["^[\\]\\\\]$", ["]", "\\"], ["["]],
  ["^[\\d_]$", ["0", "9", "_"], ["a"]],
  ["^[^\\w]$", ["-", " "], ["a", "_"]],
  ["^[\\n\\t]$", ["\n", "\t"], ["n", "t"]],
  ["^\\d$", ["0", "9"], ["/", ":", "a", "\u0665"]],
  ["^\\D$", ["a", "/"], ["0"]],
  ["^\\w$", ["a", "z", "A", "Z", "0", "_"], ["\u00e9", "`", "{", "@", "[", "-"]],
  ["^\\W$", ["-", "@"], ["a"]],
  ["\\bx\\b", ["x", "\u00e9x"], ["ax", "_x"]],
  ["^\\s$", [" ", "\t", "\n", "\r", "\f", "\v"], ["a", "\b"]],
  ["^\\S$", ["a"], [" ", "\t"]],
  ["^\\t\\n\\r\\f\\v$", ["\t\n\r\f\v"], ["tnrfv"]],
  ["^\\.\\*\\(\\)\\[\\|$", [".*()[|"], ["a*()[|"]],
  ["a.c", ["abc", "xa-cx"], ["ac", "a\nc"]],
])("the pattern %s with classes of ASCII", (source, matching, others) => {
  it.each(matching)("finds %j", (text) => {
    expect([matches(source, text, "-u"), new RegExp(source).test(text)]).toEqual([true, true]);
  });
  it.each(others.map((text) => [text]))("does not find %j", (text) => {
    expect([matches(source, text, "-u"), new RegExp(source).test(text)]).toEqual([false, false]);
  });
});
