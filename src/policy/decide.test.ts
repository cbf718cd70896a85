import { describe, expect, it } from "vitest";
import type { PlainValue } from "../base/plain-value.ts";
import type { Condition, Policy, PolicyMeta } from "../contract/security.ts";
import { SecurityContext } from "./decide.ts";
import { Scope } from "./scope.ts";

const actor = { id: "ann", meta: { role: "admin", level: 3, team: { name: "red" } } };
const policy = (id: string, more: Partial<Policy> = {}): Policy => ({
  id,
  actions: ["doc.*"],
  resources: ["*"],
  effect: "allow",
  ...more,
});
const decide = (policies: readonly Policy[], action = "doc.read", resource = "a", meta?: PolicyMeta) =>
  SecurityContext.of({ actor, policies }).decide(action, resource, meta);

describe("a decision", () => {
  it("is allow only when a policy allows it, and names that one", () => {
    expect(decide([policy("p")])).toEqual({ allowed: true, verdict: "allow", policy: "p" });
    expect(decide([policy("p")], "other.read")).toEqual({ allowed: false, verdict: "undefined", policy: undefined });
    expect(decide([policy("p", { resources: ["b", "c*"] })], "doc.read", "cc").allowed).toBe(true);
    expect(decide([policy("p", { resources: ["b"] })]).allowed).toBe(false);
  });

  it.each([[["allow", "deny"]], [["deny", "allow"]], [["allow", "deny", "allow"]]] as const)(
    "is deny as soon as one denies: %j",
    (effects) => {
      const decision = decide(effects.map((effect, i) => policy(`${effect}${i}`, { effect })));
      expect(decision).toMatchObject({ allowed: false, verdict: "deny", policy: expect.stringMatching(/^deny/) });
    },
  );

  it("names the first policy that allows", () => {
    expect(decide([policy("none", { actions: ["x"] }), policy("a"), policy("b")]).policy).toBe("a");
  });

  it("is deny without an actor or without policies, unless it need not be strict", () => {
    const policies = [policy("p")];
    for (const given of [{ policies }, { actor }, {}]) {
      expect(SecurityContext.of(given).decide("doc.read", "a")).toEqual({
        allowed: false,
        verdict: "deny",
        policy: undefined,
      });
      expect(SecurityContext.of({ ...given, strict: false }).decide("doc.read", "a")).toEqual({
        allowed: true,
        verdict: "undefined",
        policy: undefined,
      });
    }
    expect(SecurityContext.of({ actor, policies: [] }).decide("doc.read", "a").allowed).toBe(false);
  });

  it("can only be narrowed by a call", () => {
    const wide = SecurityContext.of({ actor, policies: [policy("wide")] });
    const narrow = wide.narrow({ policies: [policy("narrow", { resources: ["b"] })] });
    expect([narrow.decide("doc.read", "a").allowed, narrow.decide("doc.read", "b").allowed]).toEqual([false, true]);
    expect(narrow.decide("doc.read", "b").policy).toBe("narrow");
    const wider = SecurityContext.of({ actor, policies: [policy("p", { effect: "deny" })] });
    expect(wider.narrow({ policies: [policy("all", { actions: ["*"] })] }).decide("doc.read", "a").allowed).toBe(false);
    expect(wide.narrow({ actor: { id: "bob" } }).actor?.id).toBe("bob");
    expect(wide.narrow({}).actor).toBe(actor);
  });

  it("may be made as another actor, under another scope", () => {
    const context = SecurityContext.of({ actor, policies: [policy("p", { effect: "deny" })], strict: false });
    const other = context.as({ id: "bob" }, Scope.of([policy("q")]));
    expect([other.actor?.id, other.strict, other.decide("doc.read", "a").policy]).toEqual(["bob", false, "q"]);
    expect(context.as(undefined, undefined)).toMatchObject({ actor, scopes: context.scopes });
  });
});

describe("a scope", () => {
  const scope = Scope.of([policy("a", { groups: ["g"] }), policy("b", { groups: ["h", "g"] }), policy("c")]);
  const ids = (each: Scope) => each.policies().map(({ id }) => id);

  it("is made anew by every change", () => {
    expect(ids(scope.with(policy("d")))).toEqual(["a", "b", "c", "d"]);
    expect(ids(scope.without("b"))).toEqual(["a", "c"]);
    expect(ids(scope)).toEqual(["a", "b", "c"]);
    expect(ids(Scope.of())).toEqual([]);
  });

  it("knows its policies by id, the last of an id counts", () => {
    expect([scope.contains("a"), scope.contains("x")]).toEqual([true, false]);
    const replaced = scope.with(policy("a", { effect: "deny" }));
    expect([replaced.get("a")?.effect, scope.get("a")?.effect, scope.get("x")]).toEqual(["deny", "allow", undefined]);
    expect(ids(replaced)).toEqual(["a", "b", "c"]);
  });

  it("has groups", () => {
    expect(ids(scope.group("g"))).toEqual(["a", "b"]);
    expect(ids(scope.group("none"))).toEqual([]);
  });
});

describe("a condition", () => {
  const more = { digits: "12", letters: { 0: "1", 1: "2" }, empty: {} };
  const meta = { size: 10, big: 10n, name: "report.txt", tags: ["x", 2], none: null, off: false, twin: "ann", ...more };
  const holds = (condition: Partial<Condition>) =>
    decide([policy("p", { conditions: [condition as Condition] })], "doc.read", "a/b", meta).allowed;
  const compares = (field: string, operator: string, value: PlainValue) =>
    holds({ field, operator: operator as Condition["operator"], value });

  it.each<[string, string, PlainValue, boolean]>([
    ["actor.id", "eq", "ann", true],
    ["actor.id", "eq", "bob", false],
    ["actor.id", "ne", "bob", true],
    ["actor.id", "ne", "ann", false],
    ["action", "eq", "doc.read", true],
    ["resource", "eq", "a/b", true],
    ["actor.meta.team.name", "eq", "red", true],
    ["actor.meta.team", "eq", { name: "red" }, true],
    ["actor.meta.team", "eq", { name: "red", size: 1 }, false],
    ["actor.meta.team", "eq", { name: "blue" }, false],
    ["actor.meta.team", "eq", null, false],
    ["actor.meta.team", "eq", ["red"], false],
    ["meta.tags", "eq", ["x", 2], true],
    ["meta.tags", "eq", ["x"], false],
    ["meta.tags", "eq", { 0: "x", 1: 2 }, false],
    ["meta.tags", "eq", ["x", 3], false],
    ["meta.digits", "eq", { 0: "1", 1: "2" }, false],
    ["meta.letters", "eq", "12", false],
    ["meta.off", "eq", {}, false],
    ["meta.empty", "eq", false, false],
    ["meta.empty", "eq", null, false],
    ["meta.size", "eq", "10", false],
    ["meta.big", "eq", 10, true],
    ["meta.size", "eq", 10n, true],
    ["meta.size", "lt", 11, true],
    ["meta.size", "lt", 10, false],
    ["meta.size", "lte", 10, true],
    ["meta.size", "lte", 9, false],
    ["meta.size", "gt", 9, true],
    ["meta.size", "gt", 10, false],
    ["meta.size", "gte", 10, true],
    ["meta.size", "gte", 11, false],
    ["meta.size", "gt", "9", false],
    ["meta.name", "gt", "a", true],
    ["meta.name", "lt", "a", false],
    ["meta.name", "lte", "report.txt", true],
    ["meta.name", "gte", "report.txt", true],
    ["meta.tags", "lt", 5, false],
    ["meta.tags", "lte", 5, false],
    ["meta.name", "gte", 5, false],
    ["meta.size", "gte", "a", false],
    ["meta.size", "in", [1, 10], true],
    ["meta.size", "in", [1], false],
    ["meta.size", "in", 10, false],
    ["meta.size", "nin", [1], true],
    ["meta.size", "nin", [10], false],
    ["meta.size", "nin", [1, 10], false],
    ["meta.size", "nin", 1, false],
    ["meta.name", "contains", "port", true],
    ["meta.name", "contains", "x.", false],
    ["meta.name", "contains", 1, false],
    ["meta.tags", "contains", "2", false],
    ["meta.digits", "contains", 1, false],
    ["meta.tags", "contains", 2, true],
    ["meta.tags", "contains", "y", false],
    ["meta.size", "contains", 1, false],
    ["meta.name", "ncontains", "zzz", true],
    ["meta.name", "ncontains", "port", false],
    ["meta.tags", "ncontains", "y", true],
    ["meta.tags", "ncontains", "x", false],
    ["meta.size", "ncontains", 1, false],
    ["meta.name", "matches", "\\.txt$", true],
    ["meta.name", "matches", "^txt", false],
    ["meta.name", "nmatches", "^txt", true],
    ["meta.name", "nmatches", "\\.txt$", false],
    ["meta.size", "matches", "1", false],
    ["meta.size", "nmatches", "2", false],
    ["meta.size", "exists", true, true],
    ["meta.size", "exists", undefined, true],
    ["meta.size", "exists", false, false],
    ["meta.none", "exists", true, false],
    ["meta.gone", "exists", true, false],
    ["meta.gone", "exists", false, true],
    ["meta.off", "exists", true, true],
    ["meta.gone", "nexists", true, true],
    ["meta.gone", "nexists", false, false],
    ["meta.size", "nexists", true, false],
    ["meta.gone", "eq", undefined, false],
    ["meta.name", "ne", undefined, true],
    ["meta.size", "lt", "11", false],
    ["meta.name", "lt", 11, false],
    ["meta.gone", "ne", "x", false],
    ["meta.none", "eq", null, false],
    ["meta.gone", "nin", ["x"], false],
    ["meta.toString", "exists", true, false],
    ["meta.name.length", "exists", true, false],
  ])("%s %s %o: %s", (field, operator, value, expected) => {
    expect(compares(field, operator, value)).toBe(expected);
  });

  it("compares with another field; with one that is missing nothing holds", () => {
    expect(holds({ field: "actor.id", operator: "eq", value_from: "meta.twin" })).toBe(true);
    expect(holds({ field: "actor.id", operator: "ne", value_from: "meta.gone" })).toBe(false);
    expect(holds({ field: "meta.name", operator: "matches", value_from: "meta.twin" })).toBe(false);
    expect(holds({ field: "meta.twin", operator: "matches", value_from: "actor.id" })).toBe(true);
    expect(holds({ field: "meta.name", operator: "nmatches", value_from: "meta.gone" })).toBe(false);
  });

  it("takes a pattern out of a field that is none for one that matches nothing", () => {
    const odd = (operator: Condition["operator"]) =>
      decide([policy("p", { conditions: [{ field: "meta.a", operator, value_from: "meta.b" }] })], "doc.x", "r", {
        a: "x",
        b: "(",
      }).allowed;
    expect([odd("matches"), odd("nmatches")]).toEqual([false, false]);
  });

  it("has to hold with all the others", () => {
    const both = (value: string) =>
      decide([
        policy("p", {
          conditions: [
            { field: "actor.meta.level", operator: "gte", value: 3 },
            { field: "actor.meta.role", operator: "eq", value },
          ],
        }),
      ]).allowed;
    expect([both("admin"), both("guest")]).toEqual([true, false]);
  });

  it("of an actor without facts, or of no actor, does not hold", () => {
    const conditions = [{ field: "actor.meta.role", operator: "eq", value: "admin" }] as const;
    const context = SecurityContext.of({ actor: { id: "x" }, policies: [policy("p", { conditions })] });
    expect(context.decide("doc.read", "a").allowed).toBe(false);
    expect(
      Scope.of([policy("p", { conditions })]).evaluate({ actor: undefined, action: "doc.read", resource: "a" }),
    ).toEqual({
      verdict: "undefined",
      policy: undefined,
    });
  });
});

describe("a policy that breaks a rule is refused, by name", () => {
  it.each<[object, RegExp]>([
    [{ id: "" }, /policy "": it needs an id/],
    [{ id: 5 }, /policy "5": it needs an id/],
    [{ actions: [] }, /policy "p": actions must be a list of patterns/],
    [{ actions: "doc.*" }, /actions must be a list/],
    [{ resources: [1] }, /resources must be a list/],
    [{ resources: undefined }, /resources must be a list/],
    [{ effect: "maybe" }, /effect must be "allow" or "deny", got "maybe"/],
    [{ conditions: {} }, /conditions must be a list/],
    [{ conditions: [{ field: "colour", operator: "eq" }] }, /a condition needs a field such as .* got "colour"/],
    [{ conditions: [{ field: "actor", operator: "eq" }] }, /a condition needs a field/],
    [{ conditions: [{ field: "meta.", operator: "eq" }] }, /a condition needs a field/],
    [{ conditions: [{ field: "xaction", operator: "eq" }] }, /a condition needs a field/],
    [{ conditions: [{ field: 1, operator: "eq" }] }, /a condition needs a field/],
    [{ conditions: [{ field: ["action"], operator: "eq" }] }, /a condition needs a field/],
    [{ conditions: [{ field: "actions", operator: "eq" }] }, /a condition needs a field/],
    [{ conditions: [{ field: "actor.id.x", operator: "eq" }] }, /a condition needs a field/],
    [{ conditions: [{ field: "action", operator: "eq", value_from: ["action"] }] }, /value_from must name a field/],
    [{ actions: ["doc.*", 1] }, /actions must be a list of patterns/],
    [{ conditions: [{ field: "action", operator: "like" }] }, /unknown operator "like"; known: eq, ne, lt/],
    [{ conditions: [{ field: "action", operator: "eq", value_from: "colour" }] }, /value_from must name a field/],
    [{ conditions: [{ field: "action", operator: "eq", value_from: 1 }] }, /value_from must name a field, got 1/],
    [
      { conditions: [{ field: "action", operator: "matches", value: "(" }] },
      /the pattern is not valid: regular expression "\(": a group that is not closed/,
    ],
    [{ conditions: [{ field: "action", operator: "matches", value: 1 }] }, /a pattern must be a string, got number/],
  ])("%j", (broken, message) => {
    const act = () => SecurityContext.of({ policies: [{ ...policy("p"), ...broken } as Policy] });
    expect(act).toThrow(expect.objectContaining({ code: "invalid_argument", message: expect.stringMatching(message) }));
  });
});

it.each([null, undefined, "p", 5])("%j is no policy", (broken) => {
  const act = () => SecurityContext.of({ policies: [broken as unknown as Policy] });
  expect(act).toThrow(expect.objectContaining({ code: "invalid_argument", message: expect.stringContaining("an id") }));
  expect(() => Scope.of().with(broken as unknown as Policy)).toThrow("it needs an id");
});
