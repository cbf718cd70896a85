import { expect, test } from "vitest";
import { refuseLargePattern } from "./pattern-size.ts";

test.each([
  "^[a-z0-9-]{1,64}$",
  "^(?:[0-9a-f]{4}:){7}[0-9a-f]{4}$",
  "(?<name>a{3}b){1000}",
  "x{1000}".repeat(4),
  "[{1000}]{4}\\{1000}",
  "a".repeat(5000),
  "(((((((((",
  "]}){",
])("%s is small", (pattern) => {
  refuseLargePattern(pattern);
});

test.each([
  "x{1000}".repeat(6),
  "((a{20}){20}){20}",
  "(?:ab{10}){999,}",
  "[abc]{1,1000}\\d{1000}\\x{41}{1000}.{1000}b{1000}c{9}",
  "a{99999999999999999999}",
])("%s is large", (pattern) => {
  expect(() => refuseLargePattern(pattern)).toThrow("larger than 5000 parts");
});
