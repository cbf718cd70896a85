import { describe, expect, it } from "vitest";
import { project, root, SkillWorld, skillFiles, user, zipOf } from "../../testing/skill-world.ts";
import { installLocalSkill, isInstalled } from "./install.ts";
import { updateLocalSkill } from "./update.ts";

const archive = (files: Record<string, string>) => ({
  archive: { bytes: zipOf("demo", files), locator: "archive:x.zip" },
});
const other = (version = "1.0.0") => skillFiles("demo", version, { "resources/more.txt": "more" });
const dir = `${user.skills_dir}/demo`;

function worldWithSkill(version = "1.0.0") {
  const world = new SkillWorld();
  world.addSkill(user.skills_dir, "demo", skillFiles("demo", version));
  const call = (more = {}) => ({ caller: "ordinary", roots: world.roots, targetRoot: undefined, ...more }) as const;
  return { world, call };
}

describe("a package whose id is installed already", () => {
  it("with the same files is there", async () => {
    const { world, call } = worldWithSkill();
    // What a program keeps beside the package is nobody's difference.
    world.write(`${dir}/notes.txt`, "mine");
    const result = await installLocalSkill(world.context(), call(), archive(skillFiles("demo")));
    expect(result.message).toBe("skill already exists; use update to evaluate upgrade behavior");
    expect(result).not.toHaveProperty("other_files");
  });

  it("with other files says how they take the place of those", async () => {
    const { world, call } = worldWithSkill();
    const { status, message, other_files } = await installLocalSkill(world.context(), call(), archive(other()));
    expect([status, other_files, message]).toEqual([
      "already_installed",
      true,
      "skill already exists with other files than this package; install it with { replace: true } to put it in their place, or use update to evaluate upgrade behavior",
    ]);
    expect(world.read(`${dir}/resources/more.txt`)).toBeUndefined();
  });

  it.each([
    ["1.0.0", "skill 'demo' is already on version 1.0.0"],
    ["0.9.0", "skill 'demo' is already on version 1.0.0"],
  ])("stays at an update to %s with the same files or an older version", async (version, text) => {
    const { world, call } = worldWithSkill();
    const files = version === "1.0.0" ? skillFiles("demo") : other(version);
    const result = await updateLocalSkill(world.context(), call(), archive(files));
    expect([result.status, result.message]).toEqual(["up_to_date", text]);
    expect(result).not.toHaveProperty("other_files");
  });

  it("stays at an update to its own version with other files, which says so", async () => {
    const { world, call } = worldWithSkill();
    const { status, message, other_files } = await updateLocalSkill(world.context(), call(), archive(other()));
    expect([status, other_files, message]).toEqual([
      "up_to_date",
      true,
      "skill 'demo' is already on version 1.0.0, with other files than this package: install it with { replace: true } to put it in their place, or give it a higher version",
    ]);
  });

  it.each(["1.0.0", "0.9.0"])("is replaced by version %s when the host says so", async (version) => {
    const { world, call } = worldWithSkill();
    const result = await updateLocalSkill(world.context(), call({ replace: true }), archive(other(version)));
    expect(result).toMatchObject({ status: "updated", version });
    expect(world.read(`${dir}/resources/more.txt`)).toBe("more");
  });
});

it("an install looks where it goes: into the named root, else through the whole chain", () => {
  const world = new SkillWorld({ roots: [root, project, user] });
  world.addSkill(project.skills_dir, "demo");
  const installed = (targetRoot?: typeof user, id = "demo") =>
    isInstalled(world.context(), { caller: "ordinary", roots: world.roots, targetRoot }, id);
  expect([installed(), installed(project), installed(user), installed(undefined, "nope")]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
