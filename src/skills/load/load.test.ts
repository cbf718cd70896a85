import { describe, expect, it } from "vitest";
import { project, root, SkillWorld, skillFiles, user } from "../../testing/skill-world.ts";
import { defaultConfigPath } from "../config/path.ts";
import { buildRegistry, registryDelta, visibleEntries } from "../registry/registry.ts";
import { validateRootChain } from "../registry/roots.ts";

const names = (world: SkillWorld) => world.loaded.map((skill) => skill.skillId);

describe("the root chain", () => {
  it.each([
    [[user, root], "skill roots must be ordered by fixed priority ROOT -> PROJECT -> USER"],
    [[root, user, project], "skill roots must be ordered by fixed priority"],
    [[user], "ROOT skill root is required; pass a ROOT layer before starting LuaSkills"],
    [[root, { name: "WORKSPACE", skills_dir: "/w" }], "unsupported skill root label 'WORKSPACE'"],
    [[root, { name: " root ", skills_dir: "/w" }], "duplicate skill root label 'ROOT'"],
  ])("%j is refused", (roots, text) => {
    expect(() => validateRootChain(roots, "formal")).toThrow(text);
    expect(() => validateRootChain(roots, "open")).not.toThrow();
  });

  it("has absolute paths only, and folders where there is something", async () => {
    const relative = [{ name: "ROOT", skills_dir: "skills" }];
    for (const policy of ["formal", "open"] as const)
      expect(() => validateRootChain(relative, policy)).toThrow(
        "skills_dir 'skills' of root 'ROOT' must be an absolute",
      );
    const world = new SkillWorld();
    world.vfs.remove(user.skills_dir);
    world.write(user.skills_dir, "a file");
    await expect(world.load()).rejects.toThrow(/^Failed to read \/runtime\/user\/skills: Not a dir/);
  });

  it("a lone root, or a manifest, of the wrong kind aborts the load", async () => {
    const file = new SkillWorld({ roots: [root] });
    file.vfs.remove(root.skills_dir);
    file.write(root.skills_dir, "a file");
    await expect(file.load()).rejects.toThrow("Failed to read /runtime/skills: Not a directory (os error 20)");
    const folder = new SkillWorld({ roots: [root], policies: { loadPolicy: "manifest-strict" } });
    folder.write(`${root.skills_dir}/demo/skill.yaml/x`, "");
    await expect(folder.load()).rejects.toThrow("Failed to read /runtime/skills/demo/skill.yaml: Is a directory");
  });

  it("has one default config file, under the parent the roots share", () => {
    const at = (...dirs: string[]) => dirs.map((skills_dir) => ({ name: "ROOT", skills_dir }));
    expect(defaultConfigPath(at("/r/skills", "/r/nested/../skills"))).toBe("/r/config/skill_config.json");
    expect(() => defaultConfigPath(at("/a/skills", "/b/skills"))).toThrow(
      "multiple runtime roots map to different parents",
    );
    expect(() => defaultConfigPath([])).toThrow("at least one skill root is required");
  });
});

describe("failure isolation", () => {
  const broken = (world: SkillWorld) => {
    world.addSkill(user.skills_dir, "good");
    world.addSkill(user.skills_dir, "not-yaml", { "skill.yaml": "a: [\n" });
    world.addSkill(user.skills_dir, "twin", {
      ...skillFiles("twin"),
      "skill.yaml":
        "name: twin\nversion: 1.0.0\nentries:\n  - { name: a, lua_entry: runtime/ping.lua, lua_module: x }\n  - { name: ' a ', lua_entry: runtime/ping.lua, lua_module: y }\n",
    });
  };

  it("policy isolate keeps the others and reports each fault", async () => {
    const world = new SkillWorld();
    broken(world);
    const outcome = await world.load();
    expect(names(world)).toEqual(["good"]);
    expect(outcome.problems.map((problem) => [problem.skillId, problem.phase])).toEqual([
      ["not-yaml", "manifest"],
      ["twin", "manifest"],
    ]);
    expect(outcome.problems[0]?.error).toMatchObject({ code: "invalid_manifest", data: { line: 2 } });
    expect(world.logs.at(-1)?.message).toBe("[LuaSkill] 1 skills loaded");
  });

  it("policy manifest-strict aborts on the manifest, strict on everything; a masked copy is never read", async () => {
    const strict = new SkillWorld({ policies: { loadPolicy: "manifest-strict" } });
    broken(strict);
    await expect(strict.load()).rejects.toThrow("Failed to parse /runtime/user/skills/not-yaml/skill.yaml: ");
    expect(strict.logs).toEqual([]);
    strict.addSkill(root.skills_dir, "not-yaml");
    await expect(strict.load()).resolves.toBeDefined();
    const native = new SkillWorld({ policies: { loadPolicy: "strict" } });
    broken(native);
    native.vfs.remove("/runtime/user/skills/not-yaml", { recursive: true });
    await expect(native.load()).rejects.toThrow("skill 'twin' declares duplicate local entry name 'a'");
  });

  it("a skill whose Lua the engine refuses leaves the registry with its text", async () => {
    const message = "Failed to compile skill 'demo::demo.ping': unexpected symbol";
    const world = new SkillWorld({ checkLua: (skills) => skills.map(({ skillId }) => ({ skillId, message })) });
    world.addSkill(user.skills_dir, "demo");
    const outcome = await world.load();
    expect(outcome.registry.entries).toEqual([]);
    expect(outcome.problems).toMatchObject([{ skillId: "demo", phase: "lua", message }]);
    expect(world.logs.slice(-2).map((line) => line.message)).toEqual([
      `[LuaSkill] Failed to load demo: ${message}`,
      "[LuaSkill] 0 skills loaded",
    ]);
  });

  it("an ignored skill gets nothing created for it", async () => {
    const world = new SkillWorld({ roots: [root], options: { ignored_skill_ids: [" demo "] } });
    world.addSkill(root.skills_dir, "demo");
    await world.load();
    expect(world.vfs.list("/runtime")).toEqual(["skills"]);
    expect(world.logs.map((line) => line.message)).toEqual([
      "[LuaSkill] Skipped host-ignored skill 'demo'",
      "[LuaSkill] 0 skills loaded",
    ]);
  });
});

describe("a packaged runtime", () => {
  const files = [
    "install_manifest",
    "compat_lua_packages_txt",
    "platform_support",
    "third_party_licenses",
    "third_party_notices",
    "help_index",
    "package_help_root",
    "module_help_root",
    "license_index",
  ];
  const packaged = () => {
    const world = new SkillWorld();
    world.write("/runtime/resources/lua-runtime-manifest.json", "{}");
    return world;
  };

  it("must be complete", async () => {
    const world = packaged();
    await expect(world.load()).rejects.toThrow(
      "packaged runtime is incomplete: missing /runtime/resources/luaskills-packages-manifest.json",
    );
    const paths = Object.fromEntries(files.map((name) => [name, `resources/${name}.json`]));
    const manifest = { schema_version: 1, layout: "luaskills-packages-runtime-v1", paths };
    world.write("/runtime/resources/luaskills-packages-manifest.json", JSON.stringify(manifest));
    for (const name of files.slice(1)) world.write(`/runtime/resources/${name}.json`, "{}");
    await expect(world.load()).rejects.toThrow("packaged runtime is invalid: missing /runtime/");
    world.write("/runtime/resources/install_manifest.json", "{}");
    await expect(world.load()).resolves.toBeDefined();
  });
});

describe("the registry", () => {
  async function skills(ids: Record<string, string>) {
    const world = new SkillWorld();
    for (const [id, entry] of Object.entries(ids)) {
      world.addSkill(user.skills_dir, id, {
        ...skillFiles(id),
        "skill.yaml": `name: ${id}\nversion: 1.0.0\nentries: [{ name: ${entry}, lua_entry: runtime/ping.lua, lua_module: ${id} }]\n`,
      });
    }
    return (await world.load()).registry.skills;
  }

  it("gives suffixes to collisions, past reserved names and other base names, whatever the order of the skills", async () => {
    const loaded = await skills({ "foo-bar": "baz", foo: "bar-baz", "foo-bar-baz": "x" });
    const named = (list: typeof loaded, reserved: string[]) =>
      buildRegistry(list, reserved).entries.map((entry) => `${entry.canonicalName}=${entry.skill.skillId}`);
    const expected = ["foo-bar-baz-2=foo", "foo-bar-baz-3=foo-bar", "foo-bar-baz-x=foo-bar-baz"];
    expect(named(loaded, ["foo-bar-baz"])).toEqual(expected);
    expect(named([...loaded].reverse(), ["foo-bar-baz"])).toEqual(expected);
  });

  it("has no delta when nothing changed, and hides ROOT from delegated callers by its label", async () => {
    const loaded = await skills({ a: "x", b: "y" });
    const before = buildRegistry(loaded);
    expect(registryDelta(before, buildRegistry([...loaded].reverse()))).toBeUndefined();
    expect(registryDelta(before, buildRegistry(loaded.slice(1)))).toEqual({
      added_entries: [],
      removed_entry_names: ["a-x"],
      updated_entries: [],
    });
    const system = loaded.map((skill) => ({ ...skill, root: { ...root, name: " root " } }));
    expect(visibleEntries(buildRegistry(system), "delegated_tool")).toEqual([]);
    expect(visibleEntries(buildRegistry(system), "system")).toHaveLength(2);
  });
});
