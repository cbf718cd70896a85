import { describe, expect, it } from "vitest";
import type { SkillRoot } from "../../contract/contract.ts";
import { hub, project, root, SkillWorld, skillFiles, user, zipOf } from "../../testing/skill-world.ts";
import type { Caller } from "./caller.ts";
import { installSkill } from "./install.ts";
import { decodeInstallRequest } from "./install-request.ts";
import { disableSkill, enableSkill } from "./toggle.ts";
import { uninstallSkill } from "./uninstall.ts";
import { updateSkill } from "./update.ts";

const fromHub = () => decodeInstallRequest({ skill_id: "demo", source_type: "official_hub" });
const call = (roots: readonly SkillRoot[], caller: Caller = "ordinary", targetRoot?: SkillRoot) => ({
  caller,
  roots,
  targetRoot,
});

describe("the native order and words", () => {
  it("a target outside of the chain is refused first, then what it may hold, then the request", async () => {
    const world = new SkillWorld();
    const target = { name: "WORK", skills_dir: "/work" };
    const bad = decodeInstallRequest({ skill_id: "Bad" });
    for (const operation of [installSkill, updateSkill])
      await expect(operation(world.context(), call(world.roots, "ordinary", target), bad)).rejects.toThrow(
        "target root 'WORK' at /work is not part of the full runtime root chain",
      );
    const spelled = { ...user, name: "user" };
    await expect(installSkill(world.context(), call(world.roots, "ordinary", spelled), fromHub())).rejects.toThrow(
      "target root 'user' at /runtime/user/skills is not part of the full runtime root chain",
    );
    await expect(installSkill(world.context(), call(world.roots, "ordinary", root), bad)).rejects.toThrow(
      "ordinary skills plane cannot Install the system-controlled ROOT skill root",
    );
    await expect(
      uninstallSkill(world.context(), call(world.roots, "ordinary", target), "Bad", {
        removeSqlite: false,
        removeLancedb: false,
      }),
    ).rejects.toThrow("is not part of the full runtime root chain");
  });

  it("a GitHub source has to be a locator even beside an explicit id", async () => {
    const world = new SkillWorld();
    const install = (source: string) =>
      installSkill(world.context(), call(world.roots), decodeInstallRequest({ skill_id: "demo", source }));
    await expect(install(" ")).rejects.toThrow("github source ' ' must be one repository locator in owner/repo form");
    await expect(install("acme/Demo")).rejects.toThrow("derived github skill_id must match");
  });

  it("an update of what the target lacks says so before it looks at ROOT", async () => {
    const world = new SkillWorld();
    world.addSkill(root.skills_dir, "demo");
    await expect(updateSkill(world.context(), call(world.roots, "system", user), fromHub())).rejects.toThrow(
      "skill 'demo' is not installed in target root 'USER'",
    );
  });

  it("an update compares with the recorded version", async () => {
    const world = new SkillWorld();
    const record = (version: string) =>
      `skill_id: demo\nversion: ${version}\nmanaged: true\nsource: { source_type: official_hub, locator: demo, tag: null }\ninstalled_at_unix_ms: 1\n`;
    world.addSkill(user.skills_dir, "demo", skillFiles("demo", "9.0.0"));
    world.serveHub("demo", "1.1.0", zipOf("demo", skillFiles("demo", "1.1.0")));
    world.write("/runtime/user/state/installs/demo.yaml", record("14.1"));
    await expect(updateSkill(world.context(), call(world.roots), fromHub())).rejects.toThrow(
      "installed version '14.1' of skill 'demo' is invalid: ",
    );
    // Only GitHub is not asked first.
    expect(world.requests).toEqual([`${hub}/api/v1/skills/demo/resolve?version=latest`]);
    world.write("/runtime/user/state/installs/demo.yaml", record("1.0.0"));
    world.logs.length = 0;
    const { message } = await updateSkill(world.context(), call(world.roots), fromHub());
    expect(message).toBe("skill 'demo' was updated from version 1.0.0 to 1.1.0");
    expect(world.logs.map((line) => line.message).filter((text) => text.includes(":download]"))).toEqual([
      `[LuaSkills:download] Fetching skill-source-official-hub-demo-https---hub-example-test-api-v1-skills-demo-resolve-version-latest from ${hub}/api/v1/skills/demo/resolve?version=latest`,
      `[LuaSkills:download] Fetching skill-demo-1.1.0 from ${hub}/files/demo-1.1.0.zip`,
    ]);
  });

  it.each([
    ["github", "14.1", "installed version '14.1' of skill 'demo' is invalid: "],
    ["url", "1.0.0", "skill 'demo' uses legacy public url source; automatic update is disabled by source policy"],
  ])("a record of a %s source with version %s is refused before anybody is asked", async (type, version, text) => {
    const world = new SkillWorld();
    world.addSkill(user.skills_dir, "demo");
    world.write(
      "/runtime/user/state/installs/demo.yaml",
      `skill_id: demo\nversion: ${version}\nmanaged: true\nsource: { source_type: ${type}, locator: acme/demo }\ninstalled_at_unix_ms: 1\n`,
    );
    await expect(updateSkill(world.context(), call(world.roots), fromHub())).rejects.toThrow(text);
    expect(world.requests).toEqual([]);
  });

  it("an id in blanks is no folder, and a marker that is none stops an uninstall before anything moves", async () => {
    const world = new SkillWorld();
    world.addSkill(user.skills_dir, "demo");
    const keep = { removeSqlite: false, removeLancedb: false };
    await expect(disableSkill(world.context(), call(world.roots), " demo ")).rejects.toThrow(
      "declared skill instance ' demo ' not found",
    );
    world.write("/runtime/user/state/skills/disabled/demo.json", "{}");
    await expect(uninstallSkill(world.context(), call(world.roots), "demo", keep)).rejects.toThrow(
      "Failed to parse /runtime/user/state/skills/disabled/demo.json: marker: missing field `skill_id`",
    );
    expect(world.lifecycle).toMatchObject([{ action: "Uninstall", status: "failed" }]);
    expect(world.read("/runtime/user/skills/demo/skill.yaml")).toBeDefined();
  });

  it("a marker that is a folder can neither be written nor removed", async () => {
    const world = new SkillWorld();
    world.addSkill(user.skills_dir, "demo");
    const marker = "/runtime/user/state/skills/disabled/demo.json";
    world.vfs.mkdir(marker, { recursive: true });
    const chain = call(world.roots);
    await expect(enableSkill(world.context(), chain, "demo")).rejects.toThrow(
      `Failed to remove ${marker}: Is a directory (os error 21)`,
    );
    await expect(disableSkill(world.context(), chain, "demo")).rejects.toThrow(`Failed to write ${marker}: `);
    expect(world.lifecycle).toMatchObject([
      { action: "Enable", status: "failed" },
      { action: "Disable", status: "failed" },
    ]);
  });

  it("`already_installed` names the instance the chain declares", async () => {
    const world = new SkillWorld({ roots: [root, project, user] });
    world.addSkill(project.skills_dir, "demo");
    await installSkill(world.context(), call(world.roots), fromHub());
    expect(world.lifecycle).toMatchObject([
      { status: "already_installed", root_name: "PROJECT", skill_dir: "/runtime/project/skills/demo" },
    ]);
  });

  it("a rollback whose reload fails, too, says both", async () => {
    const world = new SkillWorld({ policies: { loadPolicy: "manifest-strict" } });
    world.addSkill(root.skills_dir, "zz", { "skill.yaml": "skill_id: zz\n" });
    world.serveHub("demo", "1.0.0", zipOf("demo", skillFiles("demo")));
    const fault =
      "skill manifest /runtime/skills/zz/skill.yaml must not declare skill_id; directory name is the only skill_id";
    await expect(installSkill(world.context(), call(world.roots), fromHub())).rejects.toMatchObject({
      message: `Failed to reload LuaSkills after Install: ${fault}. runtime restore failed: ${fault}`,
    });
  });
});
