import { describe, expect, it } from "vitest";
import { LinearPattern } from "./linear-pattern.ts";

const finds = (source: string, text: string): boolean => new LinearPattern(source).test(text);

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
  ["^x{a}$", ["x{a}"], ["x"]],
  ["^.$", ["a", "?"], ["", "\n", "ab"]],
  ["^[abc]$", ["a", "c"], ["d", ""]],
  ["^[a-c]$", ["a", "b", "c"], ["d", "-"]],
  ["^[^a-c]$", ["d", "\n"], ["a", "c"]],
  ["^[a-]$", ["a", "-"], ["b"]],
  ["^[-a]$", ["a", "-"], ["b"]],
  ["^[\\]\\\\]$", ["]", "\\"], ["["]],
  ["^[\\d_]$", ["0", "9", "_"], ["a"]],
  ["^[^\\w]$", ["-", " "], ["a", "_"]],
  ["^[\\n\\t]$", ["\n", "\t"], ["n", "t"]],
  ["^\\d$", ["0", "9"], ["/", ":", "a"]],
  ["^\\D$", ["a", "/"], ["0"]],
  ["^\\w$", ["a", "z", "A", "Z", "0", "_"], ["`", "{", "@", "[", "-"]],
  ["^\\W$", ["-", "@"], ["a"]],
  ["^\\s$", [" ", "\t", "\n", "\r", "\f", "\v"], ["a", "\b"]],
  ["^\\S$", ["a"], [" ", "\t"]],
  ["^\\t\\n\\r\\f\\v$", ["\t\n\r\f\v"], ["tnrfv"]],
  ["^\\.\\*\\(\\)\\[\\|$", [".*()[|"], ["a*()[|"]],
  ["a.c", ["abc", "xa-cx"], ["ac", "a\nc"]],
])("the pattern %s", (source, matching, others) => {
  it.each(matching)("finds %j", (text) => {
    expect([finds(source, text), new RegExp(source).test(text)]).toEqual([true, true]);
  });
  it.each(others.map((text) => [text]))("does not find %j", (text) => {
    expect([finds(source, text), new RegExp(source).test(text)]).toEqual([false, false]);
  });
});

it("takes a character beyond the basic plane for one", () => {
  expect(finds("^.$", "🙂")).toBe(true);
  expect(finds("^[🙁-🙂]$", "🙂")).toBe(true);
});

it.each([
  ["*", "nothing to repeat"],
  ["a|+", "nothing to repeat"],
  ["(?", "only plain and (?: ) groups are known"],
  ["(?=a)", "only plain and (?: ) groups are known"],
  ["(a", "missing )"],
  ["a)", "unexpected )"],
  ["[a", "missing ]"],
  ["[", "missing ]"],
  ["[b-a]", "a range in the wrong order"],
  ["[a-\\d]", "a range in the wrong order"],
  ["[a\\", "a backslash at the end"],
  ["a\\", "a backslash at the end"],
  ["\\b", "unknown escape \\b"],
  ["\\1", "unknown escape \\1"],
  ["a{101}", "the repetition {101} is out of range (up to 100)"],
  ["a{1,101}", "the repetition {1,101} is out of range (up to 100)"],
  ["a{3,2}", "the repetition {3,2} is out of range (up to 100)"],
  ["((a{100}){100}){100}", "the pattern is too large"],
])("%s is refused: %s", (source, message) => {
  expect(() => new LinearPattern(source)).toThrow(new SyntaxError(message));
});

it("repeats up to a hundred times", () => {
  expect(finds("^a{100}$", "a".repeat(100))).toBe(true);
  expect(finds("^a{0,100}$", "a".repeat(101))).toBe(false);
});

it("does not go back and forth: a pattern that hangs others is answered", () => {
  expect(finds("^(a+)+$", `${"a".repeat(2_000)}b`)).toBe(false);
});
