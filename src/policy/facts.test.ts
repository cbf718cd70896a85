import { expect, it } from "vitest";
import type { PlainValue } from "../base/plain-value.ts";
import { type AccessRequest, factOf } from "./facts.ts";

const request: AccessRequest = {
  actor: { id: "ann", meta: { team: { name: "red" } } },
  action: "doc.read",
  resource: "a/b",
  meta: { size: 1, name: "text", none: null },
};

it.each<[string, PlainValue]>([
  ["action", "doc.read"],
  ["resource", "a/b"],
  ["actor.id", "ann"],
  ["actor.meta.team.name", "red"],
  ["meta.size", 1],
  ["meta.none", null],
  ["meta.none.x", undefined],
  // Members of a text are no facts, nor is what every object has.
  ["meta.name.length", undefined],
  ["meta.constructor", undefined],
  ["action.x", undefined],
  ["resource.x", undefined],
  ["actor.id.x", undefined],
  ["actor.name", undefined],
  ["actor.team.name", undefined],
  ["actor", undefined],
  ["colour", undefined],
])("the fact %s is %j", (field, value) => {
  expect(factOf(request, field)).toBe(value);
});

it("an actor, or facts, that are missing have no members", () => {
  const bare: AccessRequest = { actor: undefined, action: "x", resource: "y" };
  expect(["actor.id", "actor.meta.team", "meta.size"].map((field) => factOf(bare, field))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
