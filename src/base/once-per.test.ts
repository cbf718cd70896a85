import { expect, test } from "vitest";
import { oncePer } from "./once-per.ts";

test("an object is computed once, undefined included, and again after a failure", () => {
  let asked = 0;
  const nameOf = oncePer(({ name }: { name?: string }) => {
    asked++;
    if (name === "bad") throw new Error("bad");
    return name;
  });
  const [one, none, bad] = [{ name: "one" }, {}, { name: "bad" }];
  expect([nameOf(one), nameOf(one), nameOf(none), nameOf(none)]).toEqual(["one", "one", undefined, undefined]);
  expect(asked).toBe(2);
  expect(() => nameOf(bad)).toThrow("bad");
  expect(() => nameOf(bad)).toThrow("bad");
  expect(asked).toBe(4);
});
