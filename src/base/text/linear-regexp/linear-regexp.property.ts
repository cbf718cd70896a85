import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileRegExp } from "./linear-regexp.ts";

/** Expressions that JavaScript and this one both know, in the grammar of both. */
const { expression } = fc.letrec<{ expression: string; piece: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "\\d", "\\w", "^", "$") },
    { weight: 1, arbitrary: tie("expression").map((inner) => `(${inner})`) },
  ),
  piece: fc
    .tuple(tie("atom"), fc.constantFrom("", "", "*", "+", "?", "{2}", "{1,2}", "{0,}"))
    .map(([atom, times]) => (atom === "^" || atom === "$" ? atom : atom + times)),
  expression: fc.oneof(
    { maxDepth: 3 },
    fc.array(tie("piece"), { maxLength: 4 }).map((pieces) => pieces.join("")),
    fc.tuple(tie("piece"), tie("piece")).map(([a, b]) => `${a}|${b}`),
  ),
}));

describe("the linear matcher", () => {
  it("finds what JavaScript finds", () => {
    fc.assert(
      fc.property(
        expression,
        fc.string({ unit: fc.constantFrom("a", "b", "1", "-"), maxLength: 6 }),
        (source, text) => {
          expect(compileRegExp(source, "-u")(text)).toBe(new RegExp(source).test(text));
        },
      ),
    );
  });

  it("answers or refuses whatever it is given, and fails in no other way", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."ab(){}[]|*+?^$\\-,12"), maxLength: 12 }), (source) => {
        try {
          compileRegExp(source)("ab12-");
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
    );
  });
});
