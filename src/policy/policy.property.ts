import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Policy } from "../contract/security.ts";
import { SecurityContext } from "./decide.ts";
import { matchesAny } from "./pattern.ts";
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
