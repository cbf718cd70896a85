import { expect, it } from "vitest";
import { SkillWorld, skillFiles } from "../../testing/skill-world.ts";
import { moduleWarnings } from "./module-names.ts";

it("a module name taken by two files is told, across skills only where they share VMs", async () => {
  const world = new SkillWorld();
  const manifest = (id: string) =>
    (skillFiles(id)["skill.yaml"] ?? "").replace(`${id}.ping`, "common") +
    "  - { name: again, lua_entry: runtime/ping.lua, lua_module: common }\n";
  for (const id of ["a", "b"]) {
    world.addSkill("/runtime/skills", id, skillFiles(id, "1.0.0", { "skill.yaml": manifest(id) }));
  }
  await world.load();
  expect(world.loaded).toHaveLength(2);
  expect(moduleWarnings(world.loaded, false)).toEqual([]);
  expect(moduleWarnings(world.loaded, true)).toEqual([
    expect.stringContaining(
      "lua_module 'common' is declared for /runtime/skills/a/runtime/ping.lua and /runtime/skills/b/runtime/ping.lua",
    ),
  ]);
  const twice = manifest("a").replace(
    "lua_entry: runtime/ping.lua, lua_module",
    "lua_entry: runtime/other.lua, lua_module",
  );
  world.addSkill("/runtime/skills", "a", skillFiles("a", "1.0.0", { "skill.yaml": twice, "runtime/other.lua": "" }));
  await world.load("reload");
  expect(moduleWarnings(world.loaded, false)).toHaveLength(1);
});
