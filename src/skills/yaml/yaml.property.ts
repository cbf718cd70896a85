import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LuaSkillsError } from "../../errors.ts";
import { parseYaml } from "./yaml.ts";

const word = fc.constantFrom(
  "a",
  "b",
  "name",
  "1",
  "true",
  "~",
  "'q'",
  '"q"',
  "&x",
  "*x",
  "<<",
  "?",
  "|",
  ">",
  "#c",
  "!!str",
  "---",
  "...",
  "%YAML",
);
const punctuation = fc.constantFrom(": ", ":", "- ", "\n", "\n  ", "\n    ", "[", "]", "{", "}", ", ", "\t", " ");
const text = fc.oneof(
  fc.array(fc.oneof(word, punctuation), { maxLength: 40 }).map((parts) => parts.join("")),
  fc.string({ maxLength: 60 }),
);

describe("the gate to YAML", () => {
  it("answers, or refuses with the place in the file", () => {
    fc.assert(
      fc.property(text, (given) => {
        try {
          parseYaml(given, "/skill.yaml");
        } catch (error) {
          if (!(error instanceof LuaSkillsError)) throw error;
          expect(error.code).toBe("invalid_manifest");
          expect(error.data).toMatchObject({ file: "/skill.yaml" });
        }
      }),
    );
  });

  it("finds a key that is there twice, wherever it stands", () => {
    const keys = fc.uniqueArray(fc.string({ unit: fc.constantFrom(..."abcdef"), minLength: 1, maxLength: 3 }), {
      minLength: 2,
      maxLength: 20,
    });
    fc.assert(
      fc.property(keys, fc.nat(), fc.nat(), (names, from, to) => {
        const unique = names.map((name) => `k${name}: 1`);
        expect(() => parseYaml(unique.join("\n"), "/f")).not.toThrow();
        const twin = [
          ...unique.slice(0, to % unique.length),
          unique[from % unique.length],
          ...unique.slice(to % unique.length),
        ];
        expect(() => parseYaml(twin.join("\n"), "/f")).toThrow(
          /Map keys must be unique: "k\w+" is there twice, at line \d+ column 1$/,
        );
      }),
    );
  });

  it("refuses what would take the parser seconds before it sees it", () => {
    const huge = fc.constantFrom(
      "a: 1\n".repeat(60_000),
      "[".repeat(5000),
      "{a: ".repeat(5000),
      `${"# c\n".repeat(80_000)}a: 1`,
      Array.from({ length: 30_000 }, (_, i) => `k${i}: &a${i} 1`).join("\n"),
      `a: [${"*x,".repeat(30_000)}]`,
    );
    fc.assert(
      fc.property(huge, (given) => {
        expect(() => parseYaml(given, "/f")).toThrow(/more than|deeper than/);
      }),
      { numRuns: 12 },
    );
  });
});
