import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SkillWorld, skillFiles, user } from "../../testing/skill-world.ts";

const state = "/runtime/user/state";
const demo = `${user.skills_dir}/demo`;
const place = fc.constantFrom(
  demo,
  `${user.skills_dir}/other`,
  "/runtime/skills/other",
  `${state}/update_backup/demo-1`,
  `${state}/installs/demo.yaml`,
  `${state}/../skills/other`,
  `${state}/installs/../../skills/other/skill.yaml`,
  "/runtime",
  "/",
  "",
  "/runtime/user/databases/sqlite/demo",
  "/runtime/user/databases/sqlite/other",
  `${state}/lifecycle`,
);
const nullable = fc.option(place);
const journal = fc.record(
  {
    phase: fc.constantFrom("prepared", "committed", "x", 1),
    action: fc.constantFrom("Install", "Update", "Uninstall", "Other"),
    skillId: fc.constantFrom("demo", "other", "..", "", "de mo"),
    skillDir: place,
    stagingDir: nullable,
    backupDir: nullable,
    stateFiles: fc.array(fc.tuple(place, fc.option(fc.string({ maxLength: 5 }))), { maxLength: 3 }),
    cleanup: fc.array(place, { maxLength: 3 }),
  },
  { requiredKeys: [] },
);
const text = fc.oneof(
  { weight: 5, arbitrary: journal.map((value) => JSON.stringify(value)) },
  fc.json(),
  fc.string({ maxLength: 30 }),
);

describe("a journal that somebody wrote", () => {
  it("fails no start and costs nobody else a byte", async () => {
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom("demo.json", "other.json", "x.json", "x.tmp"), async (given, name) => {
        const world = new SkillWorld();
        world.addSkill(user.skills_dir, "other", skillFiles("other"));
        world.write("/runtime/user/databases/sqlite/other/other.sqlite3", "kept");
        const before = Object.keys(skillFiles("other")).map((file) => world.read(`${user.skills_dir}/other/${file}`));
        // A journal of the skill itself may say what becomes of it; it must not say that of others.
        fc.pre(!/"skillId":"other"/.test(given));
        world.write(`${state}/lifecycle/${name}`, given);
        await world.load();
        expect(Object.keys(skillFiles("other")).map((file) => world.read(`${user.skills_dir}/other/${file}`))).toEqual(
          before,
        );
        expect(world.read("/runtime/user/databases/sqlite/other/other.sqlite3")).toBe("kept");
      }),
    );
  });
});
