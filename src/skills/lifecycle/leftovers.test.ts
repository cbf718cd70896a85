import { describe, expect, it, vi } from "vitest";
import { project, root, SkillWorld, skillFiles, user, zipOf } from "../../testing/skill-world.ts";
import { VfsError } from "../../vfs/interface.ts";
import { installLocalSkill } from "./install.ts";
import { uninstallSkill } from "./uninstall.ts";
import { updateLocalSkill } from "./update.ts";

const state = "/runtime/user/state";
const keep = { removeSqlite: false, removeLancedb: false };
const archive = (version: string, files = skillFiles("demo", version)) => ({
  archive: { bytes: zipOf("demo", files), locator: "archive" },
});
const callIn = ({ roots }: SkillWorld, targetRoot?: typeof user) =>
  ({ caller: "ordinary", roots, targetRoot }) as const;

/** Lets `remove` fail for paths that contain `part`. */
function failRemoving(world: SkillWorld, part: string) {
  const remove = world.vfs.remove.bind(world.vfs);
  return vi.spyOn(world.vfs, "remove").mockImplementation((path, options) => {
    if (path.includes(part)) throw new VfsError("EIO", path, "remove");
    remove(path, options);
  });
}

describe("what an operation leaves behind", () => {
  it("is no journal and no folder of journals, again and again", async () => {
    const world = new SkillWorld();
    await installLocalSkill(world.context(), callIn(world), archive("1.0.0"));
    for (const version of ["1.1.0", "1.2.0"]) {
      world.now += 1;
      await updateLocalSkill(world.context(), callIn(world), archive(version));
      expect(world.vfs.list(`${state}/update_backup`)).toEqual([]);
    }
    for (let round = 0; round < 2; round++) {
      await uninstallSkill(world.context(), callIn(world), "demo", keep);
      expect(world.vfs.stat(`${state}/lifecycle`)).toBeUndefined();
      expect(world.vfs.list(`${state}/uninstall_backup`)).toEqual([]);
      world.now += 1;
      await installLocalSkill(world.context(), callIn(world), archive("1.0.0"));
    }
    expect([...world.inFlight]).toEqual([]);
  });

  it("keeps the journals of others", async () => {
    const world = new SkillWorld();
    world.write(`${state}/lifecycle/other.json`, "{}");
    await installLocalSkill(world.context(), callIn(world), archive("1.0.0"));
    expect(world.vfs.list(`${state}/lifecycle`)).toEqual(["other.json"]);
  });

  it("may stay when it cannot be removed: the change stands, and a warning says so", async () => {
    const world = new SkillWorld();
    world.addSkill(user.skills_dir, "demo");
    const failing = failRemoving(world, "update_backup");
    const { status } = await updateLocalSkill(world.context(), callIn(world), archive("2.0.0"));
    expect(status).toBe("updated");
    expect(world.logs.at(-1)).toMatchObject({
      level: "warn",
      message: "[LuaSkills:lifecycle] Update of 'demo': leftovers stay: Input/output error (os error 5)",
    });
    failing.mockRestore();
    await world.load();
    expect(world.vfs.list(`${state}/update_backup`)).toEqual([]);
  });
});

describe("a change that cannot be finished", () => {
  it("says that it could not be taken back either", async () => {
    const world = new SkillWorld();
    const context = { ...world.context(), commit: () => Promise.reject(new Error("disk full")) };
    failRemoving(world, "/skills/demo");
    await expect(installLocalSkill(context, callIn(world), archive("1.0.0"))).rejects.toThrow(
      /^Failed to finalize Install: disk full\. rollback failed: Input\/output error \(os error 5\)/,
    );
  });

  it("puts a package back that could not be taken away", async () => {
    const world = new SkillWorld();
    world.addSkill(user.skills_dir, "demo");
    const step = (name: string) => {
      if (name === "package-moved-away") throw new Error("stop");
    };
    await expect(uninstallSkill({ ...world.context(), step }, callIn(world), "demo", keep)).rejects.toThrow("stop");
    expect(world.read(`${user.skills_dir}/demo/skill.yaml`)).toBeDefined();
    expect(world.vfs.stat(`${state}/lifecycle`)).toBeUndefined();
    expect(world.lifecycle).toMatchObject([{ action: "Uninstall", status: "failed", message: "stop" }]);
  });

  it("does not begin where a folder stands that is no skill", async () => {
    const world = new SkillWorld();
    world.write(`${user.skills_dir}/demo`, "a file");
    await expect(installLocalSkill(world.context(), callIn(world), archive("1.0.0"))).rejects.toThrow(
      expect.objectContaining({
        code: "conflict",
        message: "target skill directory /runtime/user/skills/demo already exists",
      }),
    );
    expect(world.read(`${user.skills_dir}/demo`)).toBe("a file");
  });
});

it("a journal that names places of others is not followed", async () => {
  const world = new SkillWorld();
  world.addSkill(user.skills_dir, "demo");
  world.write("/work/mine.txt", "mine");
  const entry = {
    phase: "committed",
    action: "Uninstall",
    skillId: "demo",
    skillDir: `${user.skills_dir}/demo`,
    stagingDir: null,
    backupDir: "/work",
    stateFiles: [],
    cleanup: [],
  };
  world.write(`${state}/lifecycle/demo.json`, JSON.stringify(entry));
  await world.load();
  expect(world.read("/work/mine.txt")).toBe("mine");
  expect(world.logs).toContainEqual(
    expect.objectContaining({
      level: "error",
      message: expect.stringContaining(
        `recovery in ${state} failed: the journal of 'demo' names places that are not its own`,
      ),
    }),
  );
});

describe("which instance", () => {
  it("an update with an explicit target changes is that of the target", async () => {
    const world = new SkillWorld({ roots: [root, project, user] });
    world.addSkill(project.skills_dir, "demo");
    world.addSkill(user.skills_dir, "other");
    await updateLocalSkill(world.context(), callIn(world, project), archive("1.1.0"));
    expect(world.read(`${project.skills_dir}/demo/skill.yaml`)).toContain("1.1.0");
    await expect(updateLocalSkill(world.context(), callIn(world, user), archive("1.2.0"))).rejects.toThrow(
      "skill 'demo' is not installed in target root 'USER'",
    );
  });

  it("an uninstall removes is that with the id, though another skill's manifest is broken", async () => {
    for (const loadPolicy of ["isolate", "strict"] as const) {
      const world = new SkillWorld({ policies: { loadPolicy } });
      world.addSkill(user.skills_dir, "broken", { "skill.yaml": "name: [\n" });
      world.addSkill(user.skills_dir, "alpha");
      world.addSkill(user.skills_dir, "demo");
      const removing = (id: string) => uninstallSkill(world.context(), callIn(world), id, keep);
      if (loadPolicy === "strict") {
        await expect(removing("demo")).rejects.toThrow("skill.yaml");
        continue;
      }
      await removing("demo");
      expect(world.vfs.list(user.skills_dir)).toEqual(["alpha", "broken"]);
      await expect(removing("demo")).rejects.toThrow("effective skill instance 'demo' not found");
    }
  });
});

it("a package says what it needs: in the result and in the event", async () => {
  const world = new SkillWorld();
  const manifest = `${skillFiles("demo")["skill.yaml"]}permissions:\n  tools: [search]\n`;
  const files = skillFiles("demo", "1.0.0", { "skill.yaml": manifest });
  const result = await installLocalSkill(world.context(), callIn(world), archive("1.0.0", files));
  expect(result.permissions).toEqual({ tools: ["search"] });
  expect(world.lifecycle).toMatchObject([{ status: "installed", permissions: { tools: ["search"] } }]);
  const plain = await updateLocalSkill(world.context(), callIn(world), archive("1.1.0"));
  expect("permissions" in plain).toBe(false);
});
