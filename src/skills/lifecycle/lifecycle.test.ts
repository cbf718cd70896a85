import { describe, expect, it } from "vitest";
import { sha256Hex } from "../../base/bytes/sha256.ts";
import type { SkillRoot } from "../../contract/contract.ts";
import { hub, project, root, SkillWorld, skillFiles, user, zipOf } from "../../testing/skill-world.ts";
import type { Caller } from "./caller.ts";
import { installLocalSkill, installSkill } from "./install.ts";
import { decodeInstallRequest } from "./install-request.ts";
import { disableSkill, enableSkill } from "./toggle.ts";
import { uninstallSkill } from "./uninstall.ts";
import { updateLocalSkill, updateSkill } from "./update.ts";

const fromHub = (id = "demo") => decodeInstallRequest({ skill_id: id, source_type: "official_hub" });
const call = (roots: readonly SkillRoot[], caller: Caller = "ordinary", targetRoot?: SkillRoot) => ({
  caller,
  roots,
  targetRoot,
});

describe("who may do what where", () => {
  it.each([
    [
      "ordinary",
      [root],
      undefined,
      "ordinary skills plane requires a PROJECT or USER skill root; ROOT is system-controlled",
    ],
    ["system", [user], undefined, "ROOT skill root is required"],
    ["ordinary", [root, user], root, "ordinary skills plane cannot Install the system-controlled ROOT skill root"],
    [
      "delegated_tool",
      [root, user],
      root,
      "DelegatedTool authority cannot Install the system-controlled ROOT skill root",
    ],
    [
      "system",
      [root, user],
      project,
      "target root 'PROJECT' at /runtime/project/skills is not part of the full runtime root chain",
    ],
    ["system", [root, user], { ...user, skills_dir: "/elsewhere" }, "target root 'USER' at /elsewhere is not part of"],
  ] as const)("%s install into %j with target %j", async (caller, roots, target, text) => {
    const world = new SkillWorld();
    await expect(installSkill(world.context(), call(roots, caller, target), fromHub())).rejects.toThrow(text);
    expect(world.requests).toEqual([]);
    expect(world.progress).toEqual([]);
  });

  it("an id of ROOT is closed to every lower root, for install and update, whoever asks", async () => {
    const world = new SkillWorld({ roots: [root, project, user] });
    world.addSkill(root.skills_dir, "demo");
    world.addSkill(project.skills_dir, "demo");
    for (const caller of ["ordinary", "system", "delegated_tool"] as const) {
      for (const operation of [installSkill, updateSkill]) {
        const attempt = operation(world.context(), call(world.roots, caller, project), fromHub());
        await expect(attempt).rejects.toThrow(
          "skill 'demo' is managed by the ROOT system layer at /runtime/skills/demo",
        );
      }
    }
  });

  it("an explicit fallback target behind a higher copy is refused", async () => {
    const world = new SkillWorld({ roots: [root, project, user] });
    world.addSkill(project.skills_dir, "demo");
    world.addSkill(user.skills_dir, "demo");
    for (const operation of [installSkill, updateSkill]) {
      await expect(operation(world.context(), call(world.roots, "ordinary", user), fromHub())).rejects.toThrow(
        "skill 'demo' in target root 'USER' is shadowed by higher-priority root 'PROJECT'",
      );
    }
  });

  it("membership in the chain is asked before anything about the skill", async () => {
    const world = new SkillWorld();
    world.addSkill(project.skills_dir, "demo");
    const foreign = call(world.roots, "system", project);
    await expect(updateSkill(world.context(), foreign, fromHub("nope"))).rejects.toThrow("is not part of the full");
    const uninstall = uninstallSkill(world.context(), foreign, "demo", { removeSqlite: false, removeLancedb: false });
    await expect(uninstall).rejects.toThrow("is not part of the full runtime root chain");
    expect(world.read(`${project.skills_dir}/demo/skill.yaml`)).toBeDefined();
  });
});

describe("install", () => {
  it("reports its phases in order, with one operation id and the source where there is one", async () => {
    const world = new SkillWorld();
    // Digests do not compress well: the archive is more than one piece.
    const big = Array.from({ length: 4000 }, (_, i) => sha256Hex(Uint8Array.of(i & 255, i >> 8))).join("");
    const zip = zipOf("demo", skillFiles("demo", "1.2.0", { "resources/big.txt": big }));
    world.serveHub("demo", "1.2.0", zip);
    await installSkill(world.context(), call(world.roots), fromHub());
    const chunks = Math.ceil(zip.byteLength / 65_536);
    expect(chunks).toBeGreaterThan(1);
    expect(world.progress.map((event) => `${event.phase} ${event.status}`)).toEqual([
      "validating_request completed",
      "resolving_source started",
      "fetching_manifest started",
      "source_resolved completed",
      ...Array.from({ length: chunks }, () => "downloading_archive progress"),
      "extracting_archive started",
      "validating_skill_manifest started",
      "staging_install started",
      "reloading_runtime started",
      "committing started",
      "committing completed",
      "completed completed",
    ]);
    expect(world.progress.map((event) => event.sequence)).toEqual(world.progress.map((_, i) => i + 1));
    expect(new Set(world.progress.map((event) => event.operation_id))).toEqual(
      new Set(["skill-install-demo-1700000000000"]),
    );
    expect(world.progress.slice(0, 4).map((event) => [event.source_type, event.source_locator, event.message])).toEqual(
      [
        [null, null, "skill lifecycle request accepted"],
        ["official_hub", null, "resolving skill install source"],
        ["official_hub", `${hub}/api/v1/skills/demo/resolve?version=latest`, "fetching official Hub resolve manifest"],
        ["official_hub", "demo", "resolved skill version 1.2.0"],
      ],
    );
    const last = world.progress.filter((event) => event.phase === "downloading_archive").at(-1);
    expect(last).toMatchObject({
      bytes_done: zip.byteLength,
      bytes_total: zip.byteLength,
      percent: 100,
      message: null,
    });
    expect(world.commits).toBe(1);
  });

  it("a second install of the same archive comes from the cache", async () => {
    const world = new SkillWorld();
    world.serveHub("demo", "1.0.0", zipOf("demo", skillFiles("demo")));
    await installSkill(world.context(), call(world.roots), fromHub());
    await uninstallSkill(world.context(), call(world.roots), "demo", { removeSqlite: false, removeLancedb: false });
    world.progress.length = 0;
    world.http.delete(`${hub}/files/demo-1.0.0.zip`);
    await installSkill(world.context(), call(world.roots), fromHub());
    expect(world.progress.filter((event) => event.phase === "downloading_archive")).toMatchObject([
      { status: "cached", message: "download cache hit", bytes_done: null },
    ]);
  });

  it("of what is there already says so, with an event and no download", async () => {
    const world = new SkillWorld();
    world.addSkill(user.skills_dir, "demo");
    const result = await installSkill(world.context(), call(world.roots), fromHub());
    expect(result).toMatchObject({ status: "already_installed", version: null });
    expect(world.lifecycle).toMatchObject([{ status: "already_installed", root_name: "USER" }]);
    expect(world.progress.map((event) => event.phase)).toEqual(["validating_request", "completed"]);
    expect(world.requests).toEqual([]);
  });

  it("of a skill that does not load is rolled back, unless the host wants it all the same", async () => {
    const files = skillFiles("demo", "1.0.0", {
      "dependencies.yaml": "lua_dependencies: [{ name: x, scope: host, source: { type: url }, packages: {} }]\n",
    });
    const world = new SkillWorld();
    world.serveHub("demo", "1.0.0", zipOf("demo", files));
    await expect(installSkill(world.context(), call(world.roots), fromHub())).rejects.toThrow(
      "Failed to reload LuaSkills after Install: required host dependency 'x' is missing.",
    );
    expect(world.vfs.stat(`${user.skills_dir}/demo`)).toBeUndefined();
    expect(world.lifecycle).toEqual([]);
    expect(world.progress.at(-1)).toMatchObject({ phase: "failed", message: expect.stringContaining("is missing.") });
    const lax = { ...world.context(), verifyOnInstall: false };
    await expect(installSkill(lax, call(world.roots), fromHub())).resolves.toMatchObject({ status: "installed" });
  });

  it("of a disabled or ignored skill is fine: nothing failed", async () => {
    const world = new SkillWorld({ options: { ignored_skill_ids: ["ignored"] } });
    const manifest = skillFiles("off")["skill.yaml"] ?? "";
    world.serveHub(
      "off",
      "1.0.0",
      zipOf("off", skillFiles("off", "1.0.0", { "skill.yaml": `${manifest}enable: false\n` })),
    );
    world.serveHub("ignored", "1.0.0", zipOf("ignored", skillFiles("ignored")));
    for (const id of ["off", "ignored"]) {
      const result = await installSkill(world.context(), call(world.roots), fromHub(id));
      expect(result.status).toBe("installed");
    }
  });
});

describe("archives the host hands over", () => {
  const local = (bytes: Uint8Array, more = {}) => ({ archive: { bytes, locator: "archive:x.zip" }, ...more });

  it("name their skill themselves, need no network permission and leave an unmanaged record", async () => {
    const world = new SkillWorld({ options: { allow_network_download: false } });
    const result = await installLocalSkill(
      world.context(),
      call(world.roots),
      local(zipOf("demo", skillFiles("demo"))),
    );
    expect(result).toMatchObject({ skill_id: "demo", status: "installed", source_locator: "archive:x.zip" });
    await expect(updateSkill(world.context(), call(world.roots), fromHub())).rejects.toThrow(
      "is not managed by the install workflow",
    );
  });

  it("update a skill when they are newer", async () => {
    const world = new SkillWorld();
    world.addSkill(user.skills_dir, "demo");
    const same = await updateLocalSkill(world.context(), call(world.roots), local(zipOf("demo", skillFiles("demo"))));
    expect(same.message).toBe("skill 'demo' is already on version 1.0.0");
    const newer = local(zipOf("demo", skillFiles("demo", "1.0.1")));
    await expect(updateLocalSkill(world.context(), call(world.roots), newer)).resolves.toMatchObject({
      status: "updated",
      message: "skill 'demo' was updated from version 1.0.0 to 1.0.1",
    });
  });

  it("are refused with the reason when id, digest or content are wrong", async () => {
    const world = new SkillWorld();
    const zip = zipOf("demo", skillFiles("demo"));
    const attempt = (request: ReturnType<typeof local>) =>
      installLocalSkill(world.context(), call(world.roots), request);
    await expect(attempt(local(zip, { skillId: "other" }))).rejects.toThrow(
      "Skill package archive:x.zip must contain only the top-level directory 'other', but found 'demo'",
    );
    await expect(attempt(local(zip, { sha256: "0".repeat(64) }))).rejects.toThrow(
      `Checksum mismatch for archive:x.zip: expected ${"0".repeat(64)}, got ${sha256Hex(zip)}`,
    );
    await expect(attempt(local(zipOf("demo", { "readme.md": "x" })))).rejects.toThrow(
      "Skill package archive:x.zip does not contain demo/skill.yaml",
    );
    expect(world.vfs.list(user.skills_dir)).toEqual([]);
  });
});

describe("update", () => {
  it("of a broken installed skill works from its record's version", async () => {
    const world = new SkillWorld();
    world.addSkill(user.skills_dir, "demo", { "skill.yaml": "name: [\n" });
    world.write(
      "/runtime/user/state/installs/demo.yaml",
      "skill_id: demo\nversion: 1.0.0\nmanaged: true\nsource: { source_type: official_hub, locator: demo, tag: null }\ninstalled_at_unix_ms: 1\n",
    );
    world.serveHub("demo", "1.1.0", zipOf("demo", skillFiles("demo", "1.1.0")));
    await expect(updateSkill(world.context(), call(world.roots), fromHub())).resolves.toMatchObject({
      message: "skill 'demo' was updated from version 1.0.0 to 1.1.0",
    });
    expect(world.progress.find((event) => event.phase === "resolving_source")).toMatchObject({
      message: "resolving managed skill update source",
      source_locator: "demo",
    });
  });

  it("that finds nothing newer skips source_resolved and downloads nothing", async () => {
    const world = new SkillWorld();
    world.addSkill(user.skills_dir, "demo", skillFiles("demo", "2.0.0"));
    world.write(
      "/runtime/user/state/installs/demo.yaml",
      "skill_id: demo\nversion: 2.0.0\nmanaged: true\nsource: { source_type: official_hub, locator: demo }\ninstalled_at_unix_ms: 1\n",
    );
    world.serveHub("demo", "1.9.0", new Uint8Array());
    const result = await updateSkill(world.context(), call(world.roots), fromHub());
    expect(result).toMatchObject({ status: "up_to_date", message: "skill 'demo' is already on version 2.0.0" });
    expect(world.progress.map((event) => event.phase)).toEqual([
      "validating_request",
      "resolving_source",
      "fetching_manifest",
      "completed",
    ]);
  });
});

describe("enable and disable", () => {
  it("keep a skill out and let it in, with one event each", async () => {
    const world = new SkillWorld();
    world.addSkill(user.skills_dir, "demo");
    await world.load();
    await disableSkill(world.context(), call(world.roots), "demo", " noisy ");
    expect(world.loaded).toEqual([]);
    await enableSkill(world.context(), call(world.roots), "demo");
    expect(world.loaded.map((skill) => skill.skillId)).toEqual(["demo"]);
    await enableSkill(world.context(), call(world.roots), "demo");
    expect(world.lifecycle.map((event) => `${event.action} ${event.status}`)).toEqual([
      "Disable completed",
      "Enable completed",
      "Enable completed",
    ]);
  });
});

describe("uninstall", () => {
  it("keeps databases it was not asked to remove", async () => {
    const world = new SkillWorld();
    world.addSkill(user.skills_dir, "demo");
    world.write("/runtime/user/databases/sqlite/demo/db.sqlite3", "x");
    const dropped: string[] = [];
    const context = { ...world.context(), dropDatabase: async (kind: string) => dropped.push(kind) > 0 };
    const keep = { removeSqlite: false, removeLancedb: false };
    expect(await uninstallSkill(context, call(world.roots), "demo", keep)).toEqual({
      skill_id: "demo",
      skill_removed: true,
      sqlite_removed: false,
      sqlite_retained: true,
      lancedb_removed: false,
      lancedb_retained: true,
      message:
        "skill package removed=true sqlite_removed=false sqlite_retained=true lancedb_removed=false lancedb_retained=true; skill package removed",
    });
    expect(dropped).toEqual([]);
    expect(world.read("/runtime/user/databases/sqlite/demo/db.sqlite3")).toBe("x");
  });

  it("drops databases through the host, and a failure there is only a warning", async () => {
    const world = new SkillWorld();
    world.addSkill(user.skills_dir, "demo");
    world.write("/runtime/user/databases/lancedb/demo/t.bin", "x");
    const context = {
      ...world.context(),
      dropDatabase: async (kind: string) => {
        if (kind === "sqlite") throw new Error("still open");
        return false;
      },
    };
    const result = await uninstallSkill(context, call(world.roots), "demo", {
      removeSqlite: true,
      removeLancedb: true,
    });
    expect(result).toMatchObject({ sqlite_removed: false, sqlite_retained: false, lancedb_removed: true });
    expect(result.message).toMatch(/; skill package removed \(warning: sqlite cleanup failed: still open\)$/);
    expect(world.vfs.stat("/runtime/user/databases/lancedb/demo")).toBeUndefined();
  });

  it("a database outside the tree counts as removed, without a folder in the tree", async () => {
    const world = new SkillWorld();
    world.addSkill(user.skills_dir, "demo");
    const context = { ...world.context(), dropDatabase: async (kind: string) => kind === "sqlite" };
    const result = await uninstallSkill(context, call(world.roots), "demo", {
      removeSqlite: true,
      removeLancedb: true,
    });
    expect(result).toMatchObject({ sqlite_removed: true, sqlite_retained: false, lancedb_removed: false });
  });

  it("a file where a folder should be stays, with a warning", async () => {
    const world = new SkillWorld();
    world.addSkill(user.skills_dir, "demo");
    world.write("/runtime/user/databases/sqlite/demo", "x");
    world.write("/runtime/user/dependencies/lua/demo", "x");
    const result = await uninstallSkill(world.context(), call(world.roots), "demo", {
      removeSqlite: true,
      removeLancedb: false,
    });
    expect(result.message).toContain(
      "(warning: stale dependency cleanup failed: Failed to remove /runtime/user/dependencies/lua/demo: Not a directory (os error 20))",
    );
    expect(result.message).toContain(
      "(warning: sqlite cleanup failed: failed to remove sqlite directory /runtime/user/databases/sqlite/demo: Not a directory (os error 20))",
    );
  });
});
