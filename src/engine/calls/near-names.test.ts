import { expect, it } from "vitest";
import type { LoadProblem } from "../../contract/contract.ts";
import type { SkillRegistry } from "../../skills/types.ts";
import { entryNotFound } from "./near-names.ts";

const registry = (...names: string[]) => ({
  registry: {
    entries: names.map((canonicalName) => ({
      canonicalName,
      entry: { name: canonicalName.slice(canonicalName.indexOf("-") + 1) },
    })),
  } as unknown as SkillRegistry,
  problems: [],
});

it("offers the nearest first, whatever their order", () => {
  const names = registry("notes-addxx", "notes-addx", "notes-add", "notes-remove", "notes-adxxx");
  const error = entryNotFound("notes-ad", names);
  expect(error.data).toEqual({ name: "notes-ad", near: ["notes-add", "notes-addx"] });
  expect(error.message).toBe("Lua skill 'notes-ad' not found; did you mean 'notes-add' or 'notes-addx'?");
});

it("offers three at most", () => {
  const { near } = entryNotFound("aaaa-b", registry("aaaa-b3", "aaaa-b4", "aaaa-b5", "aaaa-b6")).data as {
    near: string[];
  };
  expect(near).toEqual(["aaaa-b3", "aaaa-b4", "aaaa-b5"]);
});

it("takes a local name for its entry, without blanks and in any case", () => {
  expect(entryNotFound(" ADD ", registry("far-away-remove", "long-skill-id-add")).data).toMatchObject({ near: [] });
  expect(entryNotFound(" ADD ", registry("far-remove", "notes-add")).data).toMatchObject({ near: ["notes-add"] });
});

it("says only that there is none when nothing is near", () => {
  const error = entryNotFound("weather", registry("notes-add"));
  expect([error.code, error.message, error.data]).toEqual([
    "entry_not_found",
    "Lua skill 'weather' not found",
    { name: "weather", near: [] },
  ]);
});

it("says why the skill of the entry was not loaded, instead of offering another", () => {
  const problem = (skillId: string, message: string) => ({ skillId, message }) as LoadProblem;
  const known = {
    ...registry("pay-pal-send"),
    problems: [problem("pay", "syntax error"), problem("pay-pal", "Failed to parse skill.yaml")],
  };
  const error = entryNotFound("pay-pal-sent", known);
  expect(error.message).toBe(
    "Lua skill 'pay-pal-sent' not found: skill 'pay-pal' was not loaded: Failed to parse skill.yaml",
  );
  expect(error.data).toMatchObject({ near: [], problem: { skillId: "pay-pal" } });
  expect(entryNotFound("payment-xyzabcdef", known).message).toBe("Lua skill 'payment-xyzabcdef' not found");
});
