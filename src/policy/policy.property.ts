import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SecurityContext } from "./decide.ts";
import { LinearPattern } from "./linear-pattern.ts";
import { matchesAny } from "./pattern.ts";
import type { Policy } from "./policy.ts";
import { Scope } from "./scope.ts";

const letters = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 8 });
const patterns = fc.array(fc.constantFrom("a", "b", ".", "*"), { maxLength: 6 }).map((parts) => parts.join(""));

describe("patterns of actions", () => {
  it("say what an expression with .* for each star says", () => {
    fc.assert(
      fc.property(patterns, letters, (pattern, text) => {
        const expression = pattern
          .split("*")
          .map((part) => part.replaceAll(".", "\\."))
          .join(".*");
        expect(matchesAny([pattern], text)).toBe(new RegExp(`^${expression}$`).test(text));
      }),
    );
  });
});

/** Expressions that JavaScript and the linear matcher both know, in the grammar of both. */
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
          expect(new LinearPattern(source).test(text)).toBe(new RegExp(source).test(text));
        },
      ),
    );
  });

  it("answers or refuses whatever it is given, and fails in no other way", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."ab(){}[]|*+?^$\\-,12"), maxLength: 12 }), (source) => {
        try {
          new LinearPattern(source).test("ab12-");
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
    );
  });
});

const policies = fc.uniqueArray(
  fc.record({
    id: fc.stringMatching(/^[a-z]{1,3}$/),
    actions: fc.array(patterns, { minLength: 1, maxLength: 2 }),
    resources: fc.array(patterns, { minLength: 1, maxLength: 2 }),
    effect: fc.constantFrom("allow" as const, "deny" as const),
  }),
  { selector: ({ id }: Policy) => id, maxLength: 5 },
);
const request = fc.record({ actor: fc.constant({ id: "x" }), action: letters, resource: letters });

describe("decisions", () => {
  it("do not depend on the order of policies, and any deny wins", () => {
    fc.assert(
      fc.property(policies, request, (list, asked) => {
        const { verdict } = Scope.of(list).evaluate(asked);
        expect(Scope.of([...list].reverse()).evaluate(asked).verdict).toBe(verdict);
        const alone = list.map((policy) => Scope.of([policy]).evaluate(asked).verdict);
        expect(verdict).toBe(alone.includes("deny") ? "deny" : alone.includes("allow") ? "allow" : "undefined");
      }),
    );
  });

  it("are never widened by what a call adds", () => {
    fc.assert(
      fc.property(policies, policies, request, (mine, added, { actor, action, resource }) => {
        const context = SecurityContext.of({ actor, policies: mine });
        const narrowed = context.narrow({ policies: added });
        if (narrowed.decide(action, resource).allowed) expect(context.decide(action, resource).allowed).toBe(true);
      }),
    );
  });
});
