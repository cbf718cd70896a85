import { unzipSync } from "fflate";
import { expect, it } from "vitest";
import { project, root, SkillWorld, skillFiles, user } from "../../testing/skill-world.ts";
import { installLocalSkill } from "./install.ts";
import { packSkill } from "./pack.ts";

const { signal } = new AbortController();

it("a package of the highest root that has it, in a folder of its id, as it can be installed", async () => {
  const world = new SkillWorld({ roots: [root, project, user] });
  world.addSkill(project.skills_dir, "demo", skillFiles("demo", "2.0.0"));
  world.addSkill(user.skills_dir, "demo", skillFiles("demo", "1.0.0"));
  const bytes = await packSkill(world.vfs, world.roots, "demo", signal);
  expect(Object.keys(unzipSync(bytes)).sort()).toEqual(["demo/runtime/", "demo/runtime/ping.lua", "demo/skill.yaml"]);
  const other = new SkillWorld();
  const request = { archive: { bytes, locator: "archive" } };
  const result = await installLocalSkill(other.context(), { caller: "ordinary", roots: other.roots }, request);
  expect(result).toMatchObject({ status: "installed", version: "2.0.0" });
});

it("what is not installed cannot be packed", () => {
  const world = new SkillWorld();
  expect(() => packSkill(world.vfs, world.roots, "demo", signal)).toThrow(
    expect.objectContaining({ code: "not_found", message: "skill 'demo' is not installed", data: { skillId: "demo" } }),
  );
});
