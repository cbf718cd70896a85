import { expect, it } from "vitest";
import { anyOf, matchesAny } from "./pattern.ts";

it.each([
  ["*", ""],
  ["*", "doc.read"],
  ["doc.read", "doc.read"],
  ["doc.*", "doc.read"],
  ["doc.*", "doc."],
  ["*.read", "doc.read"],
  ["doc*read", "docread"],
  ["a*b*c", "abc"],
  ["a*b*c", "a-b-b-c"],
  ["*b*", "abc"],
  ["a*a", "aa"],
  ["a**c", "abc"],
])("%s covers %j", (pattern, text) => {
  expect(matchesAny([pattern], text)).toBe(true);
});

it.each([
  ["doc.*", "doc"],
  ["doc.*", "docfoo"],
  ["doc.read", "doc.reads"],
  ["doc.read", "xdoc.read"],
  ["*.read", "doc.reads"],
  ["a*a", "a"],
  ["ab*ba", "aba"],
  ["a*bc*c", "abc"],
  ["a*x*c", "abc"],
  ["*ab*ab*", "xab"],
  ["a*b*", "ax"],
  ["*bc*c", "abc"],
  ["", "x"],
  ["a.c", "abc"],
])("%s does not cover %j", (pattern, text) => {
  expect(matchesAny([pattern], text)).toBe(false);
});

it("one pattern of a list is enough, and an empty list covers nothing", () => {
  expect(matchesAny(["x", "doc.*"], "doc.read")).toBe(true);
  expect(matchesAny([], "doc.read")).toBe(false);
});

it.each([[[]], [["doc.*"]], [["x", "doc.*"]], [["x", "y"]]])("%j taken apart once says the same", (patterns) => {
  const test = anyOf(patterns);
  for (const text of ["doc.read", "x", "doc", ""]) expect(test(text)).toBe(matchesAny(patterns, text));
});
