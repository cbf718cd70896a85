import { expect, it } from "vitest";
import { skillLimitNames } from "../contract/skill-limits.ts";
import { defaultLimits } from "../limits.ts";
import { skillLimits } from "./skill-limits.ts";

it("every limit of one skill is taken as it is, and one without a value is none", () => {
  const given = Object.fromEntries(skillLimitNames.map((name, i) => [name, 8 * 2 ** 20 + i]));
  expect(skillLimits({ ...given, runMs: undefined }, "l")).toEqual({ ...given, runMs: undefined });
  expect(skillLimits({ runMs: undefined, skillFiles: 0 }, "l")).toEqual({ skillFiles: 0 });
});

it.each([
  [null, "l must be an object of limits"],
  [5, "l must be an object of limits"],
  ["x", "l must be an object of limits"],
  [[1], "l must be an object of limits"],
  [{ runMs: -1 }, "l.runMs must be a finite number of at least 0, got -1"],
  [{ runMs: "1" }, "l.runMs must be a finite number of at least 0, got 1"],
  [{ vmMemoryBytes: 4 * 2 ** 20 - 1 }, "l.vmMemoryBytes must be at least 4194304, got 4194303"],
  [{ vfsBytes: 1 }, `l.vfsBytes is not a limit of one skill; known: ${skillLimitNames.join(", ")}`],
  [{ toString: 1 }, "l.toString is not a limit of one skill"],
])("%j is refused by name", (given, text) => {
  expect(() => skillLimits(given, "l")).toThrow(
    expect.objectContaining({ code: "invalid_argument", message: expect.stringContaining(text) }),
  );
});

it("a Lua state may have as little as it needs to begin", () => {
  expect(skillLimits({ vmMemoryBytes: 4 * 2 ** 20 }, "l")).toEqual({ vmMemoryBytes: 4 * 2 ** 20 });
});

it("what holds for all skills together is no limit of one", () => {
  const common = Object.keys(defaultLimits).filter((name) => !(skillLimitNames as readonly string[]).includes(name));
  expect(common).toContain("cacheBytes");
  for (const name of common) expect(() => skillLimits({ [name]: 1 }, "l")).toThrow("is not a limit of one skill");
});
